import { keyText } from './key-text.ts'

/**
 * A `HashSet<Bytes>`: what is in it, in the order in which Java would go through it.
 * The table grows and, as Java's `clear()` has it, never shrinks.
 */
export class BytesSet {
  readonly #held = new Map<string, { readonly bytes: Uint8Array; readonly hash: number }>()
  #capacity = 16

  add(bytes: Uint8Array): void {
    const text = keyText(bytes)
    if (this.#held.has(text)) return
    this.#held.set(text, { bytes, hash: spreadHash(bytes) })
    while (this.#held.size > this.#capacity * 0.75) this.#capacity *= 2
  }

  inOrder(): readonly Uint8Array[] {
    const mask = this.#capacity - 1
    const entries = [...this.#held.values()]
    return entries.toSorted((a, b) => (a.hash & mask) - (b.hash & mask)).map(({ bytes }) => bytes)
  }

  clear(): void {
    this.#held.clear()
  }
}

function spreadHash(bytes: Uint8Array): number {
  let hash = 1
  for (const byte of bytes) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0
  return hash ^ (hash >>> 16)
}
