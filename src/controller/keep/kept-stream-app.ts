import type { KeptObject } from '../../record/object-life.ts'
import type { ControlRecord, Json, JsonObject, ObjectKey, StoredObject } from '../../record/record.ts'
import { parseManifests } from '../../resource/parse-manifests.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { Seen } from '../observe/glance.ts'
import type { StampedCondition } from '../status/stamp-conditions.ts'
import type { Deed } from './restrain.ts'
import type { Revision } from './revisions.ts'
import type { Writing } from '../status/status.ts'

/** A StreamApp as the record keeps it, read at the controller's door. */
export interface KeptStreamApp {
  readonly key: ObjectKey
  readonly version: number
  readonly object: KeptObject
  /** Undefined where what is kept is no longer a valid manifest; `mistakes` says why. */
  readonly app: StreamApp | undefined
  readonly mistakes: readonly string[]
  readonly conditions: readonly StampedCondition[]
  /** What the last hour's passes did. */
  readonly deeds: readonly Deed[]
  /** What became of the last generations, newest first. */
  readonly history: readonly Revision[]
  /** A pass that wrote was not seen to end. */
  readonly writing: Writing | undefined
  /** The process types that it is known to have run. */
  readonly ran: readonly string[]
  /** What the last look left that found all as asked. */
  readonly seen: Seen | undefined
}

/** Undefined where there is no such object. */
export async function readKept(record: Pick<ControlRecord, 'get'>, key: ObjectKey): Promise<KeptStreamApp | undefined> {
  const stored = await record.get(key)
  return stored === undefined ? undefined : keptFrom(stored)
}

export function keptFrom({ key, version, body }: StoredObject): KeptStreamApp {
  const object = objectOf(body)
  const { apiVersion, kind, metadata, spec } = object
  const { name, namespace } = metadata
  const { conditions, deeds, history, writing, ran, seen } = { ...object.status }
  const manifest = new TextEncoder().encode(JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec }))
  const parsed = parseManifests([{ name: `${namespace}/${name}`, bytes: manifest }])
  return {
    key,
    version,
    object,
    app: parsed.mistakes.length === 0 ? parsed.apps[0]?.app : undefined,
    mistakes: parsed.mistakes.map(({ path, message }) => `${path}: ${message}`),
    // Lists of a status have the fields that `report` gave them.
    conditions: Array.isArray(conditions) ? conditions : [],
    deeds: Array.isArray(deeds) ? deeds : [],
    history: Array.isArray(history) ? history : [],
    writing: writingOf(writing),
    ran: Array.isArray(ran) ? ran.map(String) : [],
    seen: seenIn(seen),
  }
}

function writingOf(value: Json | undefined): Writing | undefined {
  if (typeof value !== 'object' || value === null || !('epoch' in value)) return undefined
  const { epoch, since, overBy } = value
  if (typeof epoch !== 'number' || typeof since !== 'string') return undefined
  return { epoch, since, ...(typeof overBy === 'string' && { overBy }) }
}

function seenIn(value: Json | undefined): Seen | undefined {
  if (typeof value !== 'object' || value === null || !('release' in value)) return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the fields that `report` gave it
  return value as unknown as Seen
}

/** What the record holds went through `declare` on its way in, so its outline is known; its spec is parsed again. */
function objectOf(body: JsonObject): KeptObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return body as unknown as KeptObject
}
