import type { Registry, Schema } from './registry.ts'

/** How a serde finds the id under which it writes. */
export type WriteBy =
  /** It registers its schema at the first write: Confluent's `auto.register.schemas`. */
  | 'register'
  /** Its schema must be a version of the subject already. */
  | 'registered'
  /** The newest version of the subject decides, whatever the serde was given: `use.latest.version`. */
  | 'latest'

export interface Written {
  readonly id: number
  readonly schema: Schema
}

/** Asks once, at the first write. */
export class WriterSchema {
  readonly #registry: Registry
  readonly #subject: string
  readonly #schema: Schema
  readonly #by: WriteBy
  #written: Written | undefined

  constructor(registry: Registry, { subject, schema, by }: { subject: string; schema: Schema; by: WriteBy }) {
    this.#registry = registry
    this.#subject = subject
    this.#schema = schema
    this.#by = by
  }

  get(): Written {
    this.#written ??= this.#ask()
    return this.#written
  }

  #ask(): Written {
    if (this.#by === 'latest') return this.#registry.latest(this.#subject)
    const id =
      this.#by === 'register'
        ? this.#registry.register(this.#subject, this.#schema)
        : this.#registry.lookUp(this.#subject, this.#schema)
    return { id, schema: this.#schema }
  }
}

/** What registry serdes have in common. */
export interface RegistrySerdeOptions {
  /** Such as `orders-value`: the topic, and which half of the record. */
  readonly subject: string
  /** Left out: `register`. */
  readonly write?: WriteBy
  /** Schemas that this one speaks of, as versions of subjects. */
  readonly references?: Schema['references']
}

/** One value for each schema id, made when it is met first. */
export function oncePerId<T>(make: (id: number) => T): (id: number) => T {
  const made = new Map<number, T>()
  return (id) => {
    const known = made.get(id)
    if (known !== undefined) return known
    const value = make(id)
    made.set(id, value)
    return value
  }
}
