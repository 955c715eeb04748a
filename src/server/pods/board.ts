import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import type { Change, Changes, ControlRecord, ObjectKey, StoredObject } from '../../record/record.ts'
import type { ApiObject } from '../api-object.ts'

/** Changes kept for whoever comes back; before them, one lists again. */
const mostChanges = 1_000

/**
 * What was last seen of things that others keep, with versions of its own, so
 * that it is listed and watched like what the record keeps. It begins at a
 * version that no earlier process has reached: a watcher of that one lists again.
 */
export class Board implements Pick<ControlRecord, 'list' | 'changesSince' | 'onWrite'> {
  readonly #kind: string
  readonly #objects = new Map<string, StoredObject>()
  #changes: readonly Change[] = []
  #compacted: number
  #version: number

  /** `since`: milliseconds of the clock, which grow faster than versions do. */
  constructor(kind: string, since: number) {
    this.#kind = kind
    this.#version = since
    this.#compacted = since
  }

  /** Puts up what is there now in place of `old`; what says the same takes no version. */
  replace(old: readonly ObjectKey[], now: readonly ApiObject[]): void {
    const stays = new Set(now.map(({ metadata }) => placeOf(metadata.namespace ?? '', metadata.name)))
    for (const { namespace, name } of old) if (!stays.has(placeOf(namespace, name))) this.#remove(namespace, name)
    for (const object of now) this.#put(object)
  }

  list(kind: string, namespace?: string): ReturnType<ControlRecord['list']> {
    const all = kind === this.#kind ? [...this.#objects.values()] : []
    const objects = all.filter(({ key }) => namespace === undefined || key.namespace === namespace)
    return Promise.resolve({ objects, version: this.#version })
  }

  changesSince(version: number, limit: number): Promise<Changes> {
    if (version < this.#compacted) return Promise.resolve({ kind: 'gone', oldest: this.#compacted })
    const changes = this.#changes.filter(({ object }) => object.version > version).slice(0, limit)
    return Promise.resolve({ kind: 'changes', changes, version: changes.at(-1)?.object.version ?? this.#version })
  }

  /** Whoever looks asks for a fresh look himself. */
  onWrite(): void {}

  #put(object: ApiObject): void {
    const { namespace = '', name } = object.metadata
    const place = placeOf(namespace, name)
    const before = this.#objects.get(place)
    const body = asJson(object)
    if (before !== undefined && isDeepStrictEqual(before.body, body)) return
    const stored = { key: { kind: this.#kind, namespace, name }, body, version: (this.#version += 1) }
    this.#objects.set(place, stored)
    this.#tell({ kind: before === undefined ? 'added' : 'modified', object: stored })
  }

  #remove(namespace: string, name: string): void {
    const place = placeOf(namespace, name)
    const before = this.#objects.get(place)
    if (before === undefined) return
    this.#objects.delete(place)
    this.#tell({ kind: 'removed', object: { ...before, version: (this.#version += 1) } })
  }

  #tell(change: Change): void {
    this.#changes = [...this.#changes, change]
    if (this.#changes.length <= mostChanges * 1.2) return
    this.#compacted = this.#changes.at(-mostChanges - 1)?.object.version ?? this.#compacted
    this.#changes = this.#changes.slice(-mostChanges)
  }
}

function placeOf(namespace: string, name: string): string {
  return `${namespace}\0${name}`
}
