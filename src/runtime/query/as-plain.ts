/** A value as JSON can say it: big integers as text, bytes as base64, maps as objects. */
export function asPlain(value: unknown): unknown {
  // its types do not say that a value may have no text
  const text: unknown = JSON.stringify(value, function (this: unknown, key: string, seen: unknown) {
    // `seen` has been through toJSON already, which turns a Buffer into a list of numbers
    return plainOf(key === '' ? value : Reflect.get(Object(this), key), seen)
  })
  return typeof text === 'string' ? JSON.parse(text) : null
}

function plainOf(original: unknown, seen: unknown): unknown {
  if (original instanceof Uint8Array) return Buffer.from(original).toString('base64')
  if (typeof original === 'bigint') return String(original)
  if (original instanceof Map) return Object.fromEntries(original)
  if (original instanceof Set) return [...original]
  return seen
}
