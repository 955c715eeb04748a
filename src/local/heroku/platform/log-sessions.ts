import { objectOf, optionalBoolean, optionalText } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams } from '../refusal.ts'
import { isoTime } from '../views.ts'
import { appOf } from './find.ts'

/** Logplex keeps 1,500 lines (Dev Center 2025-01). */
const keptLines = 1_500

export const logSessionRoutes: readonly Route[] = [
  { method: 'POST', path: '/apps/:app/log-sessions', status: 201, answer: create },
]

function create(call: Call): object {
  const { world } = call
  const body = objectOf(call.body)
  const id = world.id()
  const source = sourceOf(body)
  // The CLI says `dyno` in 3.sdk; version 3 of the schema has `dyno_name` and `type`.
  const dyno = optionalText(body, 'dyno') ?? optionalText(body, 'dyno_name') ?? optionalText(body, 'type')
  world.open.logSessions.set(id, {
    app: appOf(call),
    filter: { count: countOf(body), ...(source === null ? {} : { source }), ...(dyno === null ? {} : { dyno }) },
    isTail: optionalBoolean(body, 'tail') ?? false,
  })
  const at = isoTime(world.now())
  return { created_at: at, id, logplex_url: `${world.places.baseUrl}/logplex/${id}`, updated_at: at }
}

function sourceOf(body: JsonObject): 'app' | 'heroku' | null {
  const source = optionalText(body, 'source')
  if (source === null || source === 'app' || source === 'heroku') return source
  throw invalidParams('source must be app or heroku.')
}

function countOf({ lines }: JsonObject): number {
  if (lines === undefined || lines === null) return 100
  if (!Number.isInteger(Number(lines)) || Number(lines) < 0) throw invalidParams('lines must be a whole number.')
  return Math.min(keptLines, Number(lines))
}
