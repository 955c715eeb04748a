import { isMap, isSame } from '../../record/managed-fields/json.ts'
import type { Json } from '../../record/record.ts'
import { deepest, depthOf, weightOf } from '../admit/bounds.ts'

/** The steps to a value, from the root. */
export type Place = readonly string[]

/** What an operation cannot do, or may not. Its words never show a value: it may be a secret. */
export class UnappliablePatch extends Error {
  readonly reason: 'impossible' | 'too much'

  constructor(reason: UnappliablePatch['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** What copies and moves of one patch may weigh together, in characters: of copies, Kubernetes takes 3 MB as well. */
const mostWeight = 3 * 1024 * 1024
/** So many items that have to make room weigh as much as a character that is copied. */
const itemsPerWeight = 16

type Holder = Json[] | { [name: string]: Json }

/** A document while a patch is applied to it: a copy of what it begins with. No name is looked up on a prototype. */
export class PatchedDocument {
  #root: Json
  #weight = 0

  constructor(root: Json) {
    this.#root = structuredClone(root)
  }

  get root(): Json {
    return this.#root
  }

  get(place: Place): Json {
    const found = place.reduce<Json | undefined>((at, step) => below(at, step), this.#root)
    if (found === undefined) throw impossible(place, 'is not there')
    return found
  }

  test(place: Place, value: Json): void {
    if (!isSame(this.get(place), value)) throw impossible(place, 'holds another value')
  }

  /** In a list it makes room; what a map has under that name it replaces. */
  add(place: Place, value: Json): void {
    this.#put(place, structuredClone(value), (holder, step) => {
      if (!Array.isArray(holder)) return undefined
      const at = step === '-' ? holder.length : indexOf(step)
      if (at === undefined || at > holder.length) throw impossible(place, 'is no place in its list')
      this.#weigh(holder.length / itemsPerWeight)
      return (inserted) => void holder.splice(at, 0, inserted)
    })
  }

  replace(place: Place, value: Json): void {
    this.get(place)
    this.#put(place, structuredClone(value), () => undefined)
  }

  remove(place: Place): Json {
    const removed = this.get(place)
    const step = place.at(-1)
    if (step === undefined) {
      this.#root = null
      return removed
    }
    const holder = this.#holderOf(place)
    if (Array.isArray(holder)) {
      this.#weigh(holder.length / itemsPerWeight)
      holder.splice(Number(step), 1)
    } else Reflect.deleteProperty(holder, step)
    return removed
  }

  copy(from: Place, to: Place): void {
    const value = this.get(from)
    this.#weigh(weightOf(value))
    this.add(to, value)
  }

  move(from: Place, to: Place): void {
    if (to.length > from.length && from.every((step, at) => step === to[at])) {
      throw impossible(to, 'is inside of what is moved')
    }
    this.#weigh(weightOf(this.get(from)))
    this.add(to, this.remove(from))
  }

  /** `insert`: how a list takes it; undefined: it takes the place of what is there. */
  #put(place: Place, value: Json, insert: (holder: Holder, step: string) => ((value: Json) => void) | undefined): void {
    if (place.length + depthOf(value) > deepest) {
      throw new UnappliablePatch('too much', `it makes the object deeper than ${deepest} levels`)
    }
    const step = place.at(-1)
    if (step === undefined) {
      this.#root = value
      return
    }
    const holder = this.#holderOf(place)
    const inserted = insert(holder, step)
    if (inserted !== undefined) inserted(value)
    // Assigning to `__proto__` would set the prototype.
    else Object.defineProperty(holder, step, { value, writable: true, enumerable: true, configurable: true })
  }

  #holderOf(place: Place): Holder {
    const holder = place.slice(0, -1).reduce<Json | undefined>((at, step) => below(at, step), this.#root)
    if (typeof holder !== 'object' || holder === null) throw impossible(place, 'has nothing to be in')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the document is a copy of our own, to be changed
    return holder as Holder
  }

  #weigh(weight: number): void {
    this.#weight += weight
    if (this.#weight > mostWeight) {
      throw new UnappliablePatch('too much', `the patch copies and moves more than ${mostWeight} characters`)
    }
  }
}

function below(holder: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(holder)) {
    const index = indexOf(step)
    const item: Json | undefined = index === undefined ? undefined : holder[index]
    return item
  }
  return isMap(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined
}

/** As RFC 6901 writes it: no sign, and no zero before it. */
function indexOf(step: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(step) ? Number(step) : undefined
}

function impossible(place: Place, why: string): UnappliablePatch {
  const pointer = place.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return new UnappliablePatch('impossible', `${JSON.stringify(pointer.slice(0, 200))} ${why}`)
}
