import { setImmediate as yieldToIo } from 'node:timers/promises'
import { inflateSync } from 'node:zlib'

export interface PackLimits {
  /** Of one object, unpacked. */
  readonly objectBytes: number
  /** Of all objects together, unpacked. */
  readonly wholeBytes: number
}

/** Says what is too large in a pack, or undefined. */
export type PackVerdict =
  | { readonly kind: 'fits' }
  | { readonly kind: 'too-large'; readonly most: string }
  | { readonly kind: 'broken' }

/** So much is unpacked before others have their turn. */
const breathBytes = 16 * 1_048_576

/**
 * Unpacks a pack once, in native code and within limits, before the library
 * takes it at its word: a few kilobytes can say that they are a terabyte, as a
 * compressed text of zeros or as a delta that copies. Git's documentation,
 * "gitformat-pack".
 */
export async function checkPack(pack: Uint8Array, limits: PackLimits): Promise<PackVerdict> {
  const view = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength)
  if (view.length < headerBytes + checksumBytes) return { kind: 'broken' }
  const reader = { view, at: headerBytes }
  let whole = 0
  let sinceBreath = 0
  try {
    for (let left = view.readUInt32BE(8); left > 0; left -= 1) {
      const size = readObject(reader, limits)
      if (size > limits.objectBytes) return tooLarge('one file', limits.objectBytes)
      whole += size
      sinceBreath += size
      if (whole > limits.wholeBytes) return tooLarge('all files', limits.wholeBytes)
      if (sinceBreath > breathBytes) await yieldToIo()
      if (sinceBreath > breathBytes) sinceBreath = 0
    }
  } catch (cause) {
    if (cause instanceof RangeError || isZlibError(cause)) return { kind: 'broken' }
    throw cause
  }
  return { kind: 'fits' }
}

function tooLarge(what: string, bytes: number): PackVerdict {
  return { kind: 'too-large', most: `${Math.floor(bytes / 1_048_576)} MB for ${what}` }
}

const headerBytes = 12
const checksumBytes = 20

interface Reader {
  readonly view: Buffer
  at: number
}

const ofsDelta = 6
const refDelta = 7

/** How large the next object is: for a delta, what it makes. Throws where it says one size and holds another. */
function readObject(reader: Reader, { objectBytes }: PackLimits): number {
  const first = readByte(reader)
  const type = (first >> 4) & 7
  const size = (first & 0x0f) + (first >= 0x80 ? readSize(reader) * 16 : 0)
  if (size > objectBytes) return size
  if (type === ofsDelta) while (readByte(reader) >= 0x80) continue
  if (type === refDelta) reader.at += 20

  const unpacked = inflate(reader, size)
  if (type !== ofsDelta && type !== refDelta) return size
  const delta = { view: unpacked, at: 0 }
  readSize(delta) // of what it is a delta of
  return readSize(delta)
}

function inflate(reader: Reader, size: number): Buffer {
  // One byte more than it says: an object that holds more is noticed.
  const { buffer, engine } = unpack(reader.view.subarray(reader.at), size + 1)
  if (buffer.length !== size) throw new RangeError('an object does not hold what it says')
  reader.at += engine.bytesWritten
  return buffer
}

/** `info` makes Node tell how much it read, which its types leave out. */
function unpack(
  bytes: Buffer,
  most: number,
): { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  const told: unknown = inflateSync(bytes, { info: true, maxOutputLength: most })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's documentation of zlib: `info`
  return told as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }
}

/** Seven bits a byte, the lowest first. */
function readSize(reader: Reader): number {
  let size = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = readByte(reader)
    size += (byte & 0x7f) * scale
    if (byte < 0x80) return size
    if (scale > Number.MAX_SAFE_INTEGER / 128) return Infinity
  }
}

function readByte(reader: Reader): number {
  const byte = reader.view.readUInt8(reader.at)
  reader.at += 1
  return byte
}

function isZlibError(cause: unknown): boolean {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' && /^Z_|^ERR_BUFFER_TOO_LARGE$/.test(code)
}
