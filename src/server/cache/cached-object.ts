import { inReadingOrder, type ApiObject } from '../api-object.ts'
import type { ObjectKey, StoredObject } from '../../record/record.ts'

/** An object of the record with its version in place, and its JSON made at most once however many read it. */
export class CachedObject {
  readonly key: ObjectKey
  readonly version: number
  readonly object: ApiObject
  #json: string | undefined

  constructor({ key, version, body }: StoredObject) {
    this.key = key
    this.version = version
    this.object = objectOf(body, version)
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.object)
    return this.#json
  }
}

/** What the record holds went through this room or the controller on its way in, so its outline is known. */
function objectOf(body: StoredObject['body'], version: number): ApiObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const kept = body as ApiObject
  return inReadingOrder({ ...kept, metadata: { ...kept.metadata, resourceVersion: String(version) } })
}

/** One change of one object. The object before it decides whether a selector has seen it come or go. */
export interface CacheEvent {
  readonly version: number
  readonly now: CachedObject | undefined
  readonly before: CachedObject | undefined
  /** Of what it alone keeps, in characters: about. */
  readonly weight: number
  /** Lines of a watch made of this event, by their form: each form is made once, however many watch. */
  readonly lines: Map<string, string>
}
