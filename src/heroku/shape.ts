/** An answer that is not what its endpoint promises. Caught where the answer came in. */
export class MalformedAnswer extends Error {}

/** Reads what came over the network: nothing about its shape is taken on trust. `at` says where, for the message. */
export function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : wrong(at, 'an object', value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function list<T>(value: unknown, at: string, read: (item: unknown, at: string) => T): readonly T[] {
  if (!Array.isArray(value)) return wrong(at, 'a list', value)
  return value.map((item: unknown, index) => read(item, `${at}[${index}]`))
}

export function text(value: unknown, at: string): string {
  return typeof value === 'string' ? value : wrong(at, 'a text', value)
}

export function flag(value: unknown, at: string): boolean {
  return typeof value === 'boolean' ? value : wrong(at, 'true or false', value)
}

/** The data API writes some numbers as texts. */
export function number(value: unknown, at: string): number {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : wrong(at, 'a number', value)
}

export function orNull<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): T | null {
  return value === null || value === undefined ? null : read(value, at)
}

function wrong(at: string, wanted: string, value: unknown): never {
  const kind =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : value === undefined ? 'nothing' : typeof value
  throw new MalformedAnswer(`${at} should be ${wanted} and is ${kind}`)
}
