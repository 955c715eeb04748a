import { ok, type Result } from '../../base/result.ts'
import { systemClock } from '../../host/system-clock.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { fillJsonPath } from '../output/fill-json-path.ts'
import type { JsonPathTemplate } from '../output/json-path.ts'
import { viewOf, type KeptView } from './kept-view.ts'
import type { PlaneFailure } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { eventTable, planeEvents } from './plane-events.ts'
import type { NamedApp } from './plane-object.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'
import { timeoutOf } from './timeout-option.ts'

/** A condition with its status, what a template shows, that the object is there, or that it is no more. */
export type Awaited =
  | { readonly type: string; readonly status: string }
  | { readonly template: JsonPathTemplate; readonly value: string | undefined }
  | 'there'
  | 'gone'

const lookEveryMs = 500

/**
 * Looks until what is awaited holds for every name, and says what it waits for
 * as that changes. It gives up early where the controller says that it is stuck:
 * waiting longer would not help.
 */
export async function waitOnPlane(apps: readonly NamedApp[], awaited: Awaited, work: PlaneWork): Promise<ExitCode> {
  const within = timeoutOf(work.given)
  if (!within.ok) {
    work.around.stderr.write(`weir: ${within.error}\n`)
    return exitCodes.invalid
  }
  const untilMs = systemClock.now() + within.value
  for (const app of apps) {
    const code = await waitForOne(app, awaited, untilMs, work)
    if (code !== exitCodes.ok) return code
  }
  return exitCodes.ok
}

async function waitForOne(app: NamedApp, awaited: Awaited, untilMs: number, work: PlaneWork): Promise<ExitCode> {
  const { around } = work
  const { name } = app
  for (let said = ''; ;) {
    const seen = await look(app, work)
    if (!seen.ok) return sayPlaneFailure(`streamapp/${name}`, seen.error, around)
    const end = endOf(name, awaited, seen.value, work)
    if (end !== undefined) return end
    const state = stateOf(seen.value)
    if (state !== said) around.stderr.write(`streamapp/${name}: ${state}\n`)
    said = state
    if (systemClock.now() >= untilMs) return giveUp(app, state, work)
    await systemClock.sleep(lookEveryMs, around.signal)
    if (around.signal.aborted) return exitCodes.interrupted
  }
}

/** Undefined: it may still come. */
function endOf(
  name: string,
  awaited: Awaited,
  seen: KeptView | undefined,
  { around }: PlaneWork,
): ExitCode | undefined {
  if (holds(awaited, seen)) {
    around.stdout.write(`streamapp/${name} ${awaited === 'gone' ? 'deleted' : 'condition met'}\n`)
    return exitCodes.ok
  }
  const stalled = seen?.conditions.find(({ type, status }) => type === 'Stalled' && status === 'True')
  if (typeof awaited === 'string' || stalled === undefined || !isCurrent(seen)) return undefined
  around.stderr.write(`streamapp/${name}: ${stalled.reason}: ${stalled.message}\n`)
  return exitCodes.differences
}

/** Undefined: there is no such object. */
async function look(app: NamedApp, { client, around }: PlaneWork): Promise<Result<KeptView | undefined, PlaneFailure>> {
  const reply = await client.ask({ method: 'GET', path: streamAppPath(app) }, around.signal)
  if (reply.ok) return ok(viewOf(reply.value.body))
  return reply.error.kind === 'refused' && reply.error.code === 404 ? ok(undefined) : reply
}

function holds(awaited: Awaited, seen: KeptView | undefined): boolean {
  if (awaited === 'gone') return seen === undefined
  if (awaited === 'there') return seen !== undefined
  if ('template' in awaited) return shows(awaited, seen)
  const condition = seen?.conditions.find(({ type }) => type === awaited.type)
  return isCurrent(seen) && condition?.status.toLowerCase() === awaited.status.toLowerCase()
}

/** Without a value, as kubectl has it: that there is anything. */
function shows(
  { template, value }: { template: JsonPathTemplate; value: string | undefined },
  seen: KeptView | undefined,
): boolean {
  const shown = seen === undefined ? '' : fillJsonPath(template, seen.object)
  return value === undefined ? shown !== '' : shown === value
}

/** What a status says of an earlier generation holds for nothing. */
function isCurrent(seen: KeptView | undefined): boolean {
  return seen !== undefined && seen.observedGeneration === seen.generation
}

function stateOf(seen: KeptView | undefined): string {
  if (seen === undefined) return 'not there'
  const ready = seen.conditions.find(({ type }) => type === 'Ready')
  if (!isCurrent(seen) || ready === undefined) return 'not looked at yet'
  return `${ready.reason}: ${ready.message}`
}

async function giveUp(app: NamedApp, state: string, { client, around }: PlaneWork): Promise<ExitCode> {
  const { namespace, name } = app
  around.stderr.write(`streamapp/${name}: timed out; last seen: ${state}\n`)
  const events = await planeEvents(client, app, around.signal)
  if (events.ok) around.stderr.write(eventTable(events.value.slice(0, 3), systemClock.now()))
  around.stderr.write(`for more: weir describe ${name} -n ${namespace}\n`)
  return exitCodes.timedOut
}
