import { json, serdes } from '../serde/serdes.ts'

/** How a key stands in an address, by name of its serde: text → the bytes that the topology's serde writes. */
const writers: Readonly<Record<string, (text: string) => Uint8Array>> = {
  string: (text) => serdes.string.serialize(text),
  long: (text) => serdes.bigint.serialize(whole(text, 64)),
  int: (text) => serdes.int.serialize(Number(whole(text, 32))),
  double: (text) => serdes.double.serialize(number(text)),
  boolean: (text) => serdes.boolean.serialize(text === 'true'),
  uuid: (text) => serdes.string.serialize(text),
  json: (text) => json().serialize(JSON.parse(text)),
  hex: (text) => Buffer.from(text, 'hex'),
  base64: (text) => Buffer.from(text, 'base64url'),
}

export const keySerdes: readonly string[] = Object.keys(writers)

/** Throws where the text is none of its serde's; the message is for who asked. */
export function keyOfText(text: string, serde: string): Uint8Array {
  const write = Object.hasOwn(writers, serde) ? writers[serde] : undefined
  if (write === undefined) throw new RangeError(`serde ${serde} is not known: use ${keySerdes.join(', ')}`)
  return write(text)
}

function whole(text: string, bits: 32 | 64): bigint {
  if (!/^-?\d+$/.test(text)) throw new RangeError(`${text} is not a whole number`)
  const value = BigInt(text)
  if (BigInt.asIntN(bits, value) !== value) throw new RangeError(`${text} does not fit into ${bits} bits`)
  return value
}

function number(text: string): number {
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) throw new RangeError(`${text} is not a number`)
  return value
}
