import { unreachable } from '../base/unreachable.ts'
import type { Change } from '../controller/plan/change.ts'
import { describeChange, shownValue } from '../controller/plan/describe-change.ts'
import type { Plan } from '../controller/plan/plan.ts'
import type { Palette } from './terminal.ts'

/** In the manner of `diff -u`: a line with - for what is, one with + for what is asked for. Nothing where they agree. */
export function renderDiff(title: string, { changes, refusals }: Plan, paint: Palette): string {
  if (changes.length + refusals.length === 0) return ''
  const lines = changes.flatMap((change) => {
    const { before, after } = sides(change)
    return [
      paint.cyan(`@@ ${describeChange(change).what} @@`),
      ...before.map((line) => paint.red(`-${line}`)),
      ...after.map((line) => paint.green(`+${line}`)),
    ]
  })
  const refused = refusals.map(({ message }) => `${paint.red('refused')}: ${message}`)
  return [paint.bold(`--- live/${title}`), paint.bold(`+++ asked/${title}`), ...lines, ...refused, ''].join('\n')
}

interface Sides {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

function sides(change: Change): Sides {
  switch (change.kind) {
    case 'create-topic':
      return { before: [], after: fields(change.after) }
    case 'configure-topic':
    case 'scale':
      return differing(change.before, change.after)
    case 'create-group':
      return { before: [], after: [`group: ${change.name}`] }
    case 'set-config-vars': {
      const line = (name: string, value: string | null): string[] =>
        value === null ? [] : [`${name}: ${shownValue(name, value)}`]
      return {
        before: change.vars.flatMap(({ name, before }) => line(name, before)),
        after: change.vars.flatMap(({ name, after }) => line(name, after)),
      }
    }
    case 'delete-topic':
      return { before: [`topic: ${change.name}`], after: [] }
    case 'delete-group':
      return { before: [`group: ${change.name}`], after: [] }
    default:
      return unreachable(change)
  }
}

function fields(values: object): string[] {
  return Object.entries(values).map(([name, value]) => `${name}: ${value ?? 'unlimited'}`)
}

function differing(before: object, after: object): Sides {
  const [old, fresh] = [fields(before), fields(after)]
  return { before: old.filter((line) => !fresh.includes(line)), after: fresh.filter((line) => !old.includes(line)) }
}
