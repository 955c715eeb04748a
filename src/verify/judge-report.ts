import type { KeptObject } from '../record/object-life.ts'
import type { Write } from '../record/record.ts'
import { deviations } from './ground-truth.ts'
import { nameOf, type World } from './world.ts'

/** Ready must be true of the world at the moment it is written down. */
export function judgeReport(write: Write, world: World): void {
  const name = nameOf(write.key)
  const object = world.kept.get(name)
  const version = world.declared.get(name)?.versions.at(-1)
  if (write.actor !== 'controller' || object === undefined || version === undefined) return
  if (!isTrue(object, 'Ready')) return
  const { status, metadata } = object
  if (status?.['observedGeneration'] !== metadata.generation) {
    world.violated('Ready speaks of a generation that is not the last one')
  }
  if (isExcused(world)) return
  for (const untrue of deviations(world.heroku, version, world.nowMs)) world.violated(`Ready is said, but ${untrue}`)
}

/** Somebody else may change a thing between the look and the report; what was misled is corrected by the next look. */
function isExcused({ nowMs, meddledAtMs, misledUntilMs }: World): boolean {
  return nowMs < Math.max(meddledAtMs + 5_000, misledUntilMs)
}

/** Whether a condition of the object is True. */
export function isTrue(object: KeptObject | undefined, type: string): boolean {
  return conditionOf(object, type)?.status === 'True'
}

export function conditionOf(
  object: KeptObject | undefined,
  type: string,
): { readonly type: string; readonly status: string; readonly reason: string; readonly message: string } | undefined {
  const conditions = object?.status?.['conditions']
  if (!Array.isArray(conditions)) return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the controller writes no other shape
  const list = conditions as unknown as { type: string; status: string; reason: string; message: string }[]
  return list.find((condition) => condition.type === type)
}
