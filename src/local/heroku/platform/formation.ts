import { dynoSizes } from '../dyno-sizes.ts'
import { isObject, objectOf, reference } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { namedId } from '../named-id.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App, Formation } from '../records.ts'
import type { World } from '../world.ts'
import { appOf } from './find.ts'
import { checkLimits, formationsOf, formationView, sizeNamed } from './formation-state.ts'
import type { FormationChange } from './formation-state.ts'
import { currentRelease } from './make-release.ts'

const path = '/apps/:app/formation'

export const formationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    range: ['type', 'id'],
    answer: (call) => formationsOf(appOf(call)).map((formation) => view(appOf(call), formation)),
  },
  {
    method: 'GET',
    path: `${path}/:type`,
    answer: (call) => view(appOf(call), findFormation(appOf(call), typeOf(call))),
  },
  {
    method: 'PATCH',
    path,
    answer: (call) => {
      const { updates } = objectOf(call.body)
      if (!Array.isArray(updates)) throw invalidParams('updates must be a list of {type, quantity?, dyno_size?}.')
      return scale(
        call.world,
        appOf(call),
        updates.map((update) => itemOf(update)),
      )
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:type`,
    answer: (call) => scale(call.world, appOf(call), [{ ...objectOf(call.body), type: typeOf(call) }])[0],
  },
]

const typeOf = (call: Call): string => call.params['type'] ?? ''

const view = (app: App, formation: Formation): object =>
  formationView(app, formation, currentRelease(app)?.slug?.processTypes[formation.type] ?? '')

/** Unknown process types, and every type of an app without a slug, are a 404. */
function findFormation(app: App, typeOrId: string): Formation {
  const formation = app.formation.get(typeOrId) ?? formationsOf(app).find(({ id }) => id === typeOrId)
  if (formation === undefined) throw notFound('formation', 'process type')
  return formation
}

function itemOf(update: unknown): JsonObject {
  if (!isObject(update)) throw invalidParams('Each of updates must be an object with a type.')
  return update
}

/** All or nothing: every update is checked before the first is made. */
function scale(world: World, app: App, updates: readonly JsonObject[]): readonly object[] {
  const changes = updates.map((update) => changeOf(app, update))
  checkLimits(app, changes)
  for (const change of changes) apply(world, app, change)
  return changes.map(({ formation }) => view(app, formation))
}

function changeOf(app: App, update: JsonObject): FormationChange {
  const type = reference(update, 'type')
  if (type === null) throw invalidParams('Each of updates must name its type.')
  const formation = findFormation(app, type)
  const asked = reference(update, 'dyno_size') ?? reference(update, 'size')
  const named = dynoSizes.find(({ name }) => namedId(name) === asked)?.name ?? asked
  return {
    formation,
    quantity: quantityOf(update['quantity'], formation.quantity),
    size: named === null ? formation.size : sizeNamed(named).name,
  }
}

/** The schema says integer; the real CLI sends `"3"`, `"+1"` and `"-1"`. */
function quantityOf(asked: unknown, now: number): number {
  if (asked === undefined || asked === null) return now
  const text = typeof asked === 'number' || typeof asked === 'string' ? String(asked) : ''
  if (!/^[+-]?\d{1,6}$/.test(text) || (typeof asked === 'number' && asked < 0)) {
    throw invalidParams(`quantity must be a whole number, or "+n" or "-n", and not ${JSON.stringify(asked)}.`)
  }
  return /^[+-]/.test(text) ? Math.max(0, now + Number(text)) : Number(text)
}

function apply(world: World, app: App, { formation, quantity, size }: FormationChange): void {
  if (formation.quantity === quantity && formation.size === size) return
  const previousData = { quantity: formation.quantity, size: formation.size }
  formation.quantity = quantity
  formation.size = size
  formation.updatedAt = world.now()
  app.dynos.scale(formation.type, quantity, size)
  const payload = { action: 'update', resource: 'formation', data: view(app, formation), previousData } as const
  world.announce(app, { include: 'api:formation', payload })
}
