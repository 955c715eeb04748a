import type { KeptObject } from '../../record/object-life.ts'
import type { ControlRecord, JsonObject, ObjectKey } from '../../record/record.ts'
import { checkGitSource } from '../../resource/check-git-source.ts'
import type { GitSource } from '../../resource/git-source.ts'
import { parseManifests } from '../../resource/parse-manifests.ts'
import type { StampedCondition } from '../status/stamp-conditions.ts'
import { readInventory, type Declared } from './inventory.ts'

/** A GitSource as the record keeps it, read at the controller's door. */
export interface KeptGitSource {
  readonly key: ObjectKey
  readonly version: number
  readonly object: KeptObject
  /** Undefined where what is kept is no valid manifest; `mistakes` says why. */
  readonly spec: GitSource['spec'] | undefined
  readonly mistakes: readonly string[]
  readonly conditions: readonly StampedCondition<string>[]
  readonly inventory: readonly Declared[]
}

/** Undefined where there is no such object. */
export async function readKeptSource(
  record: Pick<ControlRecord, 'get'>,
  key: ObjectKey,
): Promise<KeptGitSource | undefined> {
  const stored = await record.get(key)
  if (stored === undefined) return undefined
  const object = keptObject(stored.body)
  const { apiVersion, kind, spec, status } = object
  const { name, namespace } = object.metadata
  const manifest = new TextEncoder().encode(JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec }))
  const { gitSources, mistakes } = parseManifests([{ name: `${namespace}/${name}`, bytes: manifest }])
  const told = [...mistakes, ...gitSources.flatMap(checkGitSource)]
  const { conditions, inventory } = { ...status }
  return {
    key,
    version: stored.version,
    object,
    spec: told.length === 0 ? gitSources[0]?.gitSource.spec : undefined,
    mistakes: told.map(({ path, message, hint }) => `${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`),
    // Lists of a status have the fields that `report` gave them.
    conditions: Array.isArray(conditions) ? conditions : [],
    inventory: readInventory(inventory),
  }
}

/** What the record holds went through `declare` on its way in, so its outline is known; its spec is parsed again. */
export function keptObject(body: JsonObject): KeptObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return body as unknown as KeptObject
}
