import { heardAnnotation } from '../controller/keep/hear-app.ts'
import { confirmAnnotation } from '../controller/keep/consent.ts'
import { tidyFinalizer } from '../controller/keep/keep-stream-app.ts'
import { asJson } from '../record/as-json.ts'
import { declare, markDeleted, type KeptObject } from '../record/object-life.ts'
import type { ObjectKey } from '../record/record.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { conditionOf } from './judge-report.ts'
import { noteWritten } from './record-for.ts'
import { nameOf, type World } from './world.ts'

/** Declares a StreamApp, for the first time or again, as the control plane's API does for a person. */
export async function say(app: StreamApp, world: World, confirm = false): Promise<void> {
  const { apiVersion, kind, metadata, spec } = app
  const name = nameOf(metadata)
  const annotations = confirm ? { [confirmAnnotation]: spec.app } : {}
  const declared = world.declared.get(name)
  world.declared.set(name, {
    key: keyOf(app),
    versions: [...(declared?.versions ?? []), app],
    saidAtMs: world.nowMs,
    isDeleted: declared?.isDeleted ?? false,
    confirmed: confirm || (declared?.confirmed ?? false),
  })
  const birth = { uid: `uid-of-${name}`, at: new Date(world.nowMs), finalizers: [tidyFinalizer] }
  const declaration = { apiVersion, kind, metadata: { ...metadata, annotations }, spec: asJson(spec) }
  await put(declare(world.kept.get(name), declaration, birth), keyOf(app), world)
}

/** A person who had agreed by the app's name names the plan where the controller asks for that. True while it asks. */
export function answerIfAsked(app: StreamApp, world: World): boolean {
  const name = nameOf(app.metadata)
  const object = world.kept.get(name)
  const ready = conditionOf(object, 'Ready')
  const hash = /--confirm ([0-9a-f]{8})/.exec(ready?.message ?? '')?.[1]
  if (object === undefined || ready?.reason !== 'ConfirmationMissing' || hash === undefined) return false
  if (object.metadata.annotations?.[confirmAnnotation] !== hash) {
    const annotations = { ...object.metadata.annotations, [confirmAnnotation]: hash }
    void put({ ...object, metadata: { ...object.metadata, annotations } }, keyOf(app), world)
  }
  return true
}

/** Tells it to go. */
export async function remove(app: StreamApp, world: World): Promise<void> {
  const name = nameOf(app.metadata)
  const object = world.kept.get(name)
  const declared = world.declared.get(name)
  const marked = object === undefined ? undefined : markDeleted(object, new Date(world.nowMs))
  if (declared === undefined || marked === undefined) throw new TypeError(`${name} was never declared`)
  declared.isDeleted = true
  await put(marked, keyOf(app), world)
}

/** A webhook of Heroku's tells that something may have changed: the API notes it. */
export async function hear(app: StreamApp, world: World): Promise<void> {
  const object = world.kept.get(nameOf(app.metadata))
  if (object === undefined) throw new TypeError(`${nameOf(app.metadata)} was never declared`)
  const annotations = { ...object.metadata.annotations, [heardAnnotation]: new Date(world.nowMs).toISOString() }
  await put({ ...object, metadata: { ...object.metadata, annotations } }, keyOf(app), world)
}

/** Writes without looking first, as somebody who has just looked: nobody else writes a spec here. */
async function put(object: KeptObject, key: ObjectKey, world: World): Promise<void> {
  const write = { kind: 'put', key, body: asJson(object), expected: 'any', actor: 'person' } as const
  const [result] = await world.record.write([write])
  if (result?.kind === 'written') noteWritten(write, world)
}

export function keyOf({ kind, metadata: { namespace, name } }: StreamApp): ObjectKey {
  return { kind, namespace, name }
}
