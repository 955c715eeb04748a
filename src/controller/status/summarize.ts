import type { RunningDyno } from '../../heroku/platform.ts'
import type { Desired } from '../desired/desired.ts'
import type { Observed } from '../observe/observed.ts'
import type { Change } from '../plan/change.ts'
import { changeLine } from '../plan/describe-change.ts'
import type { Plan, Refusal } from '../plan/plan.ts'
import type { Condition, ConditionType, DynoCounts, InventoryItem, StreamAppStatus } from './status.ts'

export interface Findings {
  readonly desired: Desired
  readonly observed: Observed
  /** What is still to be done, seen after everything that was done. */
  readonly plan: Plan
  readonly dynos: readonly RunningDyno[] | 'unknown'
}

/** What to tell after a look: Ready only for what was read back and seen. */
export function summarize({ desired, observed, plan, dynos }: Findings): StreamAppStatus {
  const counts = dynoCounts(desired, dynos)
  return {
    conditions: conditions(plan, counts),
    applicationId: desired.applicationId,
    tasks: desired.tasks.tasks === 0 ? null : desired.tasks.tasks,
    dynos: counts,
    inventory: inventory(desired, observed),
  }
}

/** Nothing could be planned with: what the manifest names is not there, or Heroku did not answer. */
export function summarizeBlindness(refusal: Refusal): StreamAppStatus {
  return {
    conditions: [
      { type: 'Ready', status: 'False', ...refusal },
      { type: 'Stalled', status: 'True', ...refusal },
    ],
    applicationId: null,
    tasks: null,
    dynos: { desired: 0, cap: 0, running: 'unknown' },
    inventory: [],
  }
}

function dynoCounts({ formation, tasks }: Desired, dynos: Findings['dynos']): DynoCounts {
  const running =
    dynos === 'unknown' ? dynos : dynos.filter(({ type, state }) => type === formation.type && state === 'up').length
  return { desired: formation.quantity, cap: tasks.cap, running }
}

function conditions(plan: Plan, dynos: DynoCounts): Condition[] {
  const parts = [
    part(
      'TopicsReady',
      plan,
      ['create-topic', 'configure-topic'],
      plan.awaited.topics.map(({ name }) => name),
    ),
    part('GroupReady', plan, ['create-group'], []),
    part('ConfigApplied', plan, ['set-config-vars'], []),
    scaled(plan, dynos),
  ]
  return [...overall(plan, parts), ...parts]
}

function overall({ refusals: [refusal] }: Plan, parts: readonly Condition[]): Condition[] {
  if (refusal !== undefined) {
    return [
      { type: 'Ready', status: 'False', ...refusal },
      { type: 'Stalled', status: 'True', ...refusal },
    ]
  }
  const open = parts.find(({ status }) => status === 'False') ?? parts.find(({ status }) => status === 'Unknown')
  if (open === undefined)
    return [{ type: 'Ready', status: 'True', reason: 'Converged', message: 'everything is as asked' }]
  const { status, reason, message } = open
  const ready: Condition = { type: 'Ready', status, reason, message }
  return status === 'Unknown' ? [ready] : [ready, { type: 'Reconciling', status: 'True', reason, message }]
}

function part(
  type: ConditionType,
  { changes }: Plan,
  kinds: readonly Change['kind'][],
  waitingFor: readonly string[],
): Condition {
  const open = changes.filter(({ kind }) => kinds.includes(kind))
  if (open.length > 0)
    return { type, status: 'False', reason: 'ChangesPending', message: open.map(changeLine).join('; ') }
  if (waitingFor.length > 0) {
    return { type, status: 'False', reason: 'Creating', message: `being made: ${waitingFor.join(', ')}` }
  }
  return { type, status: 'True', reason: 'AsAsked', message: 'as asked' }
}

function scaled(plan: Plan, { desired, running }: DynoCounts): Condition {
  const formation = part('Scaled', plan, ['scale'], [])
  if (formation.status !== 'True') return formation
  if (running === 'unknown') {
    const message = `${desired} dynos are asked for; how many run was not seen`
    return { type: 'Scaled', status: 'Unknown', reason: 'DynosUnknown', message }
  }
  if (running === desired)
    return { type: 'Scaled', status: 'True', reason: 'AsAsked', message: `${running} of ${desired} dynos run` }
  return { type: 'Scaled', status: 'False', reason: 'DynosStarting', message: `${running} of ${desired} dynos run` }
}

/** What is there of what was asked for. */
function inventory(desired: Desired, observed: Observed): InventoryItem[] {
  const { app, topics, applicationName, configVars, formation } = desired
  return [
    ...topics
      .filter(({ name }) => observed.topics.has(name))
      .map(({ name, role }): InventoryItem => ({ kind: 'topic', name, role })),
    ...(observed.groups?.has(applicationName) === true ? [{ kind: 'group', name: applicationName } as const] : []),
    ...Object.keys(configVars)
      .filter((name) => observed.configVars[name] !== undefined)
      .map((name): InventoryItem => ({ kind: 'configVar', app, name })),
    ...observed.formation
      .filter(({ type }) => type === formation.type)
      .map(({ type }): InventoryItem => ({ kind: 'formation', app, type })),
  ]
}
