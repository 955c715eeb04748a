import type { Serde } from './serde.ts'
import { viewOf } from './serdes.ts'

/**
 * Keys of the subscription store: `[int32 length] [foreign key] [primary key]`, so that one
 * foreign key's subscriptions lie together. Source: `CombinedKeySchema`, 4.3.1.
 */
export class CombinedKeys<KForeign, K> {
  readonly #foreignKeySerde: Serde<KForeign>
  readonly #primaryKeySerde: Serde<K>

  constructor(foreignKeySerde: Serde<KForeign>, primaryKeySerde: Serde<K>) {
    this.#foreignKeySerde = foreignKeySerde
    this.#primaryKeySerde = primaryKeySerde
  }

  toBytes(foreignKey: KForeign, primaryKey: K): Uint8Array {
    return Buffer.concat([this.#prefix(foreignKey), this.#primaryKeySerde.serialize(primaryKey)])
  }

  /** Bounds of all keys with this foreign key, the upper one left out. */
  range(foreignKey: KForeign): { readonly from: Uint8Array; readonly to: Uint8Array } {
    const from = this.#prefix(foreignKey)
    return { from, to: behindAll(from) }
  }

  primaryKey(bytes: Uint8Array): K {
    const view = viewOf(bytes)
    return this.#primaryKeySerde.deserialize(view.subarray(4 + view.readInt32BE(0)))
  }

  #prefix(foreignKey: KForeign): Buffer {
    const key = this.#foreignKeySerde.serialize(foreignKey)
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(key.length)
    return Buffer.concat([length, key])
  }
}

/** The first key that does not begin with the prefix; a length in front keeps it from being all 255. */
function behindAll(prefix: Uint8Array): Uint8Array {
  const last = prefix.findLastIndex((byte) => byte !== 255)
  const bound = Buffer.from(prefix.subarray(0, last + 1))
  bound.writeUInt8(bound.readUInt8(last) + 1, last)
  return bound
}
