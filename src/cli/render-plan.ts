import { changeClasses, classOf, type Change, type ChangeClass } from '../controller/plan/change.ts'
import { describeChange } from '../controller/plan/describe-change.ts'
import type { Plan } from '../controller/plan/plan.ts'
import type { Palette } from './terminal.ts'

const signs = { '+': 'green', '~': 'yellow', '-': 'red' } as const
const classes = { safe: 'green', rebalance: 'yellow', restart: 'yellow', 'data-loss': 'red' } as const

/** Each change with what it does to what runs, each refusal and warning with what to do, and the sum. */
export function renderPlan(title: string, plan: Plan, paint: Palette): string {
  return [
    paint.bold(title),
    ...plan.changes.flatMap((change) => changeLines(change, paint)),
    ...stillBeingMade(plan).map((name) => `  ${paint.dim(`… topic ${name} is being made, and waited for`)}`),
    ...plan.refusals.map(({ message }) => `  ${paint.red('✗')} ${message}  ${paint.red('[refused]')}`),
    ...plan.warnings.map(({ message }) => `  ${paint.yellow('!')} ${message}`),
    summaryLine(plan),
    '',
  ].join('\n')
}

/** On one line, but for config vars: those have one each. */
function changeLines(change: Change, paint: Palette): readonly string[] {
  const { sign, what, details } = describeChange(change)
  const kind = classOf(change)
  const isLong = change.kind === 'set-config-vars'
  const words = isLong || details.length === 0 ? what : `${what}: ${details.join(', ')}`
  const head = `  ${paint[signs[sign]](sign)} ${words}  ${paint[classes[kind]](`[${className(kind)}]`)}`
  return [head, ...(isLong ? details.map((detail) => `      ${detail}`) : [])]
}

/** By an earlier apply that was cut short, perhaps. */
function stillBeingMade({ awaited, changes }: Plan): readonly string[] {
  const touched = changes.flatMap((change) => ('role' in change ? [change.name] : []))
  return awaited.topics.map(({ name }) => name).filter((name) => !touched.includes(name))
}

/** `Plan: 2 to add, 1 to change, 0 to destroy`, and what it means for what runs. */
function summaryLine({ changes, refusals }: Plan): string {
  const count = (sign: string): number => changes.filter((change) => describeChange(change).sign === sign).length
  const refused = refusals.length === 0 ? '' : `, ${refusals.length} refused`
  if (changes.length === 0 && refusals.length === 0) return 'Plan: no changes'
  const worst = changeClasses.findLast((kind) => changes.some((change) => classOf(change) === kind))
  const meaning = worst === undefined || worst === 'safe' ? '' : ` (${meanings[worst]})`
  return `Plan: ${count('+')} to add, ${count('~')} to change, ${count('-')} to destroy${refused}${meaning}`
}

const meanings: Readonly<Record<Exclude<ChangeClass, 'safe'>, string>> = {
  rebalance: 'the workers share out their tasks anew',
  restart: 'every dyno of the app restarts',
  'data-loss': 'records are lost',
}

function className(kind: ChangeClass): string {
  return kind === 'data-loss' ? 'data loss' : kind
}
