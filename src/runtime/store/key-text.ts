import { viewOf } from '../serde/serdes.ts'

/** Bytes as a string of the same length: strings compare like unsigned bytes and can be keys of a Map. */
export function keyText(bytes: Uint8Array): string {
  return viewOf(bytes).toString('latin1')
}

export function keyBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
