import { type Registry, RegistryError, type Schema } from '../runtime/registry/registry.ts'

/** A schema registry in memory, for tests: it numbers schemas as a real one does, and checks no compatibility. */
export class MemoryRegistry implements Registry {
  readonly #schemas: Schema[] = []
  readonly #subjects = new Map<string, Schema[]>()

  schema(id: number): Schema {
    return this.#schemas[id - 1] ?? missing(`Schema ${id}`, 40403)
  }

  register(subject: string, schema: Schema): number {
    const versions = this.#subjects.get(subject) ?? []
    this.#subjects.set(subject, versions)
    if (!versions.some((each) => isSame(each, schema))) versions.push(schema)
    if (!this.#schemas.some((each) => isSame(each, schema))) this.#schemas.push(schema)
    return this.#idOf(schema)
  }

  lookUp(subject: string, schema: Schema): number {
    const versions = this.#subjects.get(subject) ?? missing(`Subject '${subject}'`, 40401)
    return versions.some((each) => isSame(each, schema)) ? this.#idOf(schema) : missing('Schema', 40403)
  }

  latest(subject: string): { readonly id: number; readonly schema: Schema } {
    const schema = this.#subjects.get(subject)?.at(-1) ?? missing(`Subject '${subject}'`, 40401)
    return { id: this.#idOf(schema), schema }
  }

  version(subject: string, version: number): Schema {
    return this.#subjects.get(subject)?.[version - 1] ?? missing(`Version ${version} of '${subject}'`, 40402)
  }

  #idOf(schema: Schema): number {
    return this.#schemas.findIndex((each) => isSame(each, schema)) + 1
  }
}

function isSame(one: Schema, other: Schema): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function missing(what: string, code: number): never {
  throw new RegistryError(`${what} not found`, code)
}
