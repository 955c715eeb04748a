import { dynoSizeNamed, maxDynosPerApp } from '../dyno-sizes.ts'
import type { DynoSize } from '../dyno-sizes.ts'
import { namedId } from '../named-id.ts'
import { invalidParams } from '../refusal.ts'
import type { App, Formation, Slug } from '../records.ts'
import { appIdentity, isoTime } from '../views.ts'
import type { World } from '../world.ts'

/** What a process type gets that was never scaled; Heroku's own default depends on the account (unverified). */
const usualSize = 'Basic'

export const formationsOf = (app: App): readonly Formation[] => [...app.formation.values()]

/** Process types come from the slug: new ones are added, those that are gone are stopped and forgotten. */
export function followSlug(world: World, app: App, slug: Slug | null): void {
  if (slug === null) return
  const types = Object.keys(slug.processTypes).filter((type) => type !== 'release')
  for (const type of app.formation.keys()) {
    if (types.includes(type)) continue
    app.dynos.scale(type, 0, app.formation.get(type)?.size ?? usualSize)
    app.formation.delete(type)
  }
  const isFirst = app.formation.size === 0
  for (const type of types) if (!app.formation.has(type)) app.formation.set(type, newFormation(world, type, isFirst))
}

/** The first deploy starts one `web` dyno; everything else waits for `ps:scale`. */
const newFormation = (world: World, type: string, isFirst: boolean): Formation => ({
  id: world.id(),
  type,
  quantity: isFirst && type === 'web' ? 1 : 0,
  size: usualSize,
  createdAt: world.now(),
  updatedAt: world.now(),
})

export interface FormationChange {
  readonly formation: Formation
  readonly quantity: number
  readonly size: string
}

/** Refuses what Heroku's limits forbid; all changes of one call are looked at together. */
export function checkLimits(app: App, changes: readonly FormationChange[]): void {
  const next = formationsOf(app).map(
    (formation) => changes.find((change) => change.formation === formation) ?? formation,
  )
  const total = next.reduce((sum, { quantity }) => sum + quantity, 0)
  if (total > maxDynosPerApp) {
    throw invalidParams(`Cannot run more than ${maxDynosPerApp} dynos in one app; this would be ${total}.`)
  }
  for (const { quantity, size } of changes) {
    const max = sizeNamed(size).maxPerType
    if (quantity > max) throw invalidParams(`Cannot update to more than ${max} ${size} size dynos per process type.`)
  }
  const tiers = new Set(next.filter(({ quantity }) => quantity > 0).map(({ size }) => sizeNamed(size).tier))
  for (const small of ['eco', 'basic'] as const) {
    if (tiers.has(small) && tiers.size > 1) {
      throw invalidParams(
        `An app with ${small} dynos can have no dynos of another tier; this would be ${[...tiers].join(' and ')}.`,
      )
    }
  }
}

export function sizeNamed(name: string): DynoSize {
  const size = dynoSizeNamed(name)
  if (size === undefined) throw invalidParams(`Couldn't find the dyno size ${JSON.stringify(name)}.`)
  return size
}

export function formationView(app: App, formation: Formation, command: string): object {
  return {
    app: appIdentity(app),
    command,
    created_at: isoTime(formation.createdAt),
    dyno_size: { id: namedId(formation.size), name: formation.size },
    id: formation.id,
    quantity: formation.quantity,
    size: formation.size,
    type: formation.type,
    updated_at: isoTime(formation.updatedAt),
  }
}
