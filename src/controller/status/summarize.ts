import type { Release, RunningDyno } from '../../heroku/platform.ts'
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
  /** The newest release, where somebody looked: a dyno of an earlier one is about to be replaced and does not count. */
  readonly release?: Release | null
}

/** What to tell after a look: Ready only for what was read back and seen. */
export function summarize(findings: Findings): StreamAppStatus {
  const { desired, observed } = findings
  const counts = dynoCounts(findings)
  return {
    conditions: desired.suspended ? [suspended] : conditions(findings, counts),
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

const suspended: Condition = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'Suspended',
  message: 'spec.suspend is true: everything is left as it is, and nobody says whether it is as asked',
}

function dynoCounts({ desired: { formation, tasks }, dynos, release }: Findings): DynoCounts {
  const isCurrent = ({ releaseVersion }: RunningDyno): boolean =>
    release === undefined || release === null || release.version === releaseVersion
  const ours = dynos === 'unknown' ? dynos : dynos.filter(({ type }) => type === formation.type)
  const running = ours === 'unknown' ? ours : ours.filter((dyno) => dyno.state === 'up' && isCurrent(dyno)).length
  return { desired: formation.quantity, cap: tasks.cap, running }
}

function conditions(findings: Findings, dynos: DynoCounts): Condition[] {
  const { plan } = findings
  const parts = [
    part(
      'TopicsReady',
      plan,
      ['create-topic', 'configure-topic'],
      plan.awaited.topics.map(({ name }) => name),
    ),
    part('GroupReady', plan, ['create-group'], []),
    part('ConfigApplied', plan, ['set-config-vars'], []),
    scaled(findings, dynos),
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

function scaled(
  { plan, desired: { formation }, dynos, release }: Findings,
  { desired, running }: DynoCounts,
): Condition {
  const open = part('Scaled', plan, ['scale'], [])
  if (open.status !== 'True') return open
  if (running === 'unknown' || dynos === 'unknown') {
    const message = `${desired} dynos are asked for; how many run was not seen`
    return { type: 'Scaled', status: 'Unknown', reason: 'DynosUnknown', message }
  }
  const counted = `${running} of ${desired} dynos run`
  if (running === desired) return { type: 'Scaled', status: 'True', reason: 'AsAsked', message: counted }
  const crashed = dynos.filter(({ type, state }) => type === formation.type && state === 'crashed')
  if (crashed.length > 0) {
    const message = `${counted}; ${crashed.map(({ name }) => name).join(', ')} crashed: heroku logs says why`
    return { type: 'Scaled', status: 'False', reason: 'DynosCrashed', message }
  }
  if (release?.status === 'pending') {
    const message = `${counted}; release v${release.version} is under way`
    return { type: 'Scaled', status: 'False', reason: 'ReleasePending', message }
  }
  return { type: 'Scaled', status: 'False', reason: 'DynosStarting', message: counted }
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
