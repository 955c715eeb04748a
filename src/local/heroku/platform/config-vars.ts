import { isObject } from '../http/body.ts'
import type { Route } from '../http/route.ts'
import { badRequest, invalidParams } from '../refusal.ts'
import type { App } from '../records.ts'
import type { World } from '../world.ts'
import { addonConfigVarNames, configVarsOf } from './effective-config.ts'
import { appOf, attachmentsOf } from './find.ts'
import { makeRelease } from './make-release.ts'

/** The older text of the Dev Center says 32 kB; 64 kB is what is remembered of today (unverified). */
const maxTotalBytes = 64 * 1024

export const configVarRoutes: readonly Route[] = [
  { method: 'GET', path: '/apps/:app/config-vars', answer: (call) => configVarsOf(call.world, appOf(call)) },
  {
    method: 'PATCH',
    path: '/apps/:app/config-vars',
    answer: (call) => {
      const { world } = call
      const app = appOf(call)
      setConfigVars(world, app, changesOf(world, app, call.body))
      return configVarsOf(world, app)
    },
  },
]

type Changes = Readonly<Record<string, string | null>>

function changesOf(world: World, app: App, body: unknown): Changes {
  if (!isObject(body)) throw badRequest('The body must be an object of config vars, with null for those to remove.')
  const owned = new Map(
    attachmentsOf(world, app).flatMap((one) => addonConfigVarNames(one).map((name) => [name, one.addon.name])),
  )
  const mistakes = Object.entries(body).flatMap(([key, value]) => mistakeIn(key, value, owned))
  if (mistakes.length > 0) throw invalidParams(mistakes.join(' '))
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, typeof value === 'string' ? value : null]))
}

function mistakeIn(key: string, value: unknown, owned: ReadonlyMap<string, string>): readonly string[] {
  const owner = owned.get(key)
  if (owner !== undefined) return [`Cannot change ${key}: it belongs to the add-on ${owner}.`]
  if (!/^\w+$/.test(key)) return [`Config var ${JSON.stringify(key)} may hold only letters, digits and _.`]
  if (key.startsWith('HEROKU_') || key.startsWith('__')) return [`Config var ${key} may not begin with HEROKU_ or __.`]
  if (value !== null && typeof value !== 'string') return [`Config var ${key} must be a string, or null to remove it.`]
  return []
}

/** A change makes one release and one restart; what changes nothing makes neither. */
function setConfigVars(world: World, app: App, changes: Changes): void {
  const set = Object.entries(changes).filter(([key, value]) => value !== null && app.configVars[key] !== value)
  const removed = Object.keys(changes).filter((key) => changes[key] === null && app.configVars[key] !== undefined)
  if (set.length + removed.length === 0) return
  const next = Object.fromEntries(
    Object.entries({ ...app.configVars, ...Object.fromEntries(set) })
      .filter(([key]) => !removed.includes(key))
      .map(([key, value]) => [key, String(value)]),
  )
  const bytes = Buffer.byteLength(
    Object.entries(configVarsOf(world, app, next))
      .flat()
      .join(''),
  )
  if (bytes > maxTotalBytes) {
    throw invalidParams(`Config vars may be ${maxTotalBytes} bytes in all; these would be ${bytes}.`)
  }
  app.configVars = next
  makeRelease(world, app, {
    description: describe(
      set.map(([key]) => key),
      removed,
    ),
    slug: 'current',
  })
}

function describe(set: readonly string[], removed: readonly string[]): string {
  const parts = [
    ...(set.length === 0 ? [] : [`Set ${set.join(', ')}`]),
    ...(removed.length === 0 ? [] : [`${set.length === 0 ? 'Remove' : 'remove'} ${removed.join(', ')}`]),
  ]
  return `${parts.join(' and ')} config vars`
}
