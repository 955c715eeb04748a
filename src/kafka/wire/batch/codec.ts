import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { MalformedBytes } from '../bytes/byte-reader.ts'
import { frameXerial, xerialBlocks } from './xerial.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** In the order of their numbers in a batch's attributes. */
const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export const codecNumber = (compression: Compression): number => compressions.indexOf(compression)

interface Codec {
  compress(bytes: Buffer): Buffer
  decompress(bytes: Buffer): Buffer
}

/** A batch that unpacks to more is taken for a bomb. */
const maxUnpackedBytes = 512 * 1024 * 1024

/**
 * The codecs that were needed so far. gzip and zstd are Node's; snappy and lz4
 * are native packages, loaded when the first batch asks for them.
 */
export class Codecs {
  readonly #loaded = new Map<Compression, Codec>([
    ['none', { compress: (bytes) => bytes, decompress: (bytes) => bytes }],
    ['gzip', { compress: (bytes) => gzipSync(bytes), decompress: (bytes) => gunzipSync(bytes, limit) }],
    ['zstd', { compress: (bytes) => zstdCompressSync(bytes), decompress: (bytes) => zstdDecompressSync(bytes, limit) }],
  ])

  isLoaded(compression: Compression): boolean {
    return this.#loaded.has(compression)
  }

  async load(compression: Compression): Promise<void> {
    if (this.isLoaded(compression)) return
    this.#loaded.set(compression, compression === 'snappy' ? await loadSnappy() : await loadLz4())
  }

  compress(compression: Compression, bytes: Buffer): Buffer {
    return this.#codec(compression).compress(bytes)
  }

  /** Throws `MalformedBytes` for bytes that the codec does not take. */
  decompress(compression: Compression, bytes: Buffer): Buffer {
    const codec = this.#codec(compression)
    try {
      return codec.decompress(bytes)
    } catch (error) {
      throw new MalformedBytes(`${compression} does not unpack`, { cause: error })
    }
  }

  #codec(compression: Compression): Codec {
    const codec = this.#loaded.get(compression)
    if (codec === undefined) throw new Error(`load('${compression}') has to come first`)
    return codec
  }
}

const limit = { maxOutputLength: maxUnpackedBytes }

export function compressionOf(attributes: number): Compression {
  const compression = compressions[attributes & 0x07]
  if (compression === undefined) throw new MalformedBytes(`a batch with codec ${attributes & 0x07}`)
  return compression
}

async function loadSnappy(): Promise<Codec> {
  const { compressSync, uncompressSync } = await import('snappy')
  const unpack = (block: Buffer): Buffer => {
    const unpacked = uncompressSync(block, { asBuffer: true })
    return typeof unpacked === 'string' ? Buffer.from(unpacked) : unpacked
  }
  return {
    compress: (bytes) => frameXerial(compressSync(bytes)),
    decompress(bytes) {
      const [first, ...rest] = xerialBlocks(bytes)
      if (first === undefined) return Buffer.alloc(0)
      return rest.length === 0 ? unpack(first) : Buffer.concat([first, ...rest].map(unpack))
    },
  }
}

async function loadLz4(): Promise<Codec> {
  const { compressFrameSync, decompressFrameSync } = await import('lz4-napi')
  return { compress: (bytes) => compressFrameSync(bytes), decompress: decompressFrameSync }
}
