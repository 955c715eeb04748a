import type { StreamApp } from '../resource/stream-app.ts'
import { deviations } from './ground-truth.ts'
import { conditionOf, isTrue } from './judge-report.ts'
import { nameOf, type World } from './world.ts'

/** Ready is said of the last generation, and it is so. */
export function isLevel(app: StreamApp, world: World): boolean {
  const object = world.kept.get(nameOf(app.metadata))
  return (
    object !== undefined &&
    isSeen(app, world) &&
    isTrue(object, 'Ready') &&
    deviations(world.heroku, app, world.nowMs).length === 0
  )
}

/** The last generation was dealt with, whatever came of it. */
function isSeen(app: StreamApp, world: World): boolean {
  const object = world.kept.get(nameOf(app.metadata))
  return object !== undefined && object.status?.['observedGeneration'] === object.metadata.generation
}

/** It rests in a way that a person must end: refused, suspended, or left as it is. */
export function isLeftAlone(app: StreamApp, world: World): boolean {
  const object = world.kept.get(nameOf(app.metadata))
  if (!isSeen(app, world)) return false
  const isSuspended = conditionOf(object, 'Ready')?.reason === 'Suspended'
  return isTrue(object, 'Stalled') || isTrue(object, 'Drifted') || isSuspended
}

export function isGone(app: StreamApp, world: World): boolean {
  return !world.kept.has(nameOf(app.metadata))
}

/** For a person who asks why something does not come to rest. */
export function whyNot(app: StreamApp, world: World): string {
  const object = world.kept.get(nameOf(app.metadata))
  const ready = conditionOf(object, 'Ready')
  const wrong = deviations(world.heroku, app, world.nowMs).join('; ')
  return `Ready is ${ready?.status ?? '-'} ${ready?.reason ?? ''} (${ready?.message ?? ''}); the world: ${wrong === '' ? 'as asked' : wrong}`
}
