import { fieldsOf } from '../../base/fields-of.ts'
import type { Result } from '../../base/result.ts'
import { ok } from '../../base/result.ts'
import { renderTable } from '../render-table.ts'
import { listOf, textOf } from './kept-view.ts'
import type { PlaneClient, PlaneFailure } from './plane-client.ts'
import { eventsOf } from './stream-app-path.ts'

export interface EventView {
  readonly lastAt: string
  readonly type: string
  readonly reason: string
  readonly count: number
  readonly message: string
  /** `streamapp/word-count`. */
  readonly about: string
}

/** Events of a namespace, or about one object (a StreamApp unless said), newest first. */
export async function planeEvents(
  client: PlaneClient,
  {
    namespace,
    name,
    kind = 'StreamApp',
  }: { readonly namespace: string; readonly name?: string; readonly kind?: string },
  signal: AbortSignal,
): Promise<Result<readonly EventView[], PlaneFailure>> {
  const call = eventsOf(namespace, name === undefined ? undefined : { kind, name })
  const reply = await client.ask({ method: 'GET', ...call }, signal)
  if (!reply.ok) return reply
  const events = listOf(fieldsOf(reply.value.body)['items']).map(eventOf)
  return ok(events.toSorted((a, b) => (a.lastAt < b.lastAt ? 1 : -1)))
}

function eventOf(value: unknown): EventView {
  const { lastTimestamp, type, reason, count, message, involvedObject } = fieldsOf(value)
  const about = fieldsOf(involvedObject)
  return {
    lastAt: textOf(lastTimestamp),
    type: textOf(type),
    reason: textOf(reason),
    count: typeof count === 'number' ? count : 1,
    message: textOf(message),
    about: `${textOf(about['kind']).toLowerCase()}/${textOf(about['name'])}`,
  }
}

/** `3m`, `2d4h`: the two largest units, as kubectl ages things. */
export function ageText(since: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1_000))
  if (!Number.isFinite(seconds)) return '<unknown>'
  const units = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3_600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ] as const
  const from = units.findIndex(([, count]) => count > 0)
  if (from === -1) return '0s'
  return units
    .slice(from, from + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count}${unit}`)
    .join('')
}

/** One line for each; `withObject` where they are about several. Empty for none. */
export function eventTable(events: readonly EventView[], nowMs: number, withObject = false): string {
  if (events.length === 0) return ''
  const object = (name: string): readonly string[] => (withObject ? [name] : [])
  const rows = events.map(({ lastAt, type, reason, count, message, about }) => [
    count > 1 ? `${ageText(lastAt, nowMs)} (x${count})` : ageText(lastAt, nowMs),
    type,
    reason,
    ...object(about),
    message,
  ])
  return renderTable([['LAST SEEN', 'TYPE', 'REASON', ...object('OBJECT'), 'MESSAGE'], ...rows], '  ')
}
