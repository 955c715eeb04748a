import { once } from 'node:events'
import type { Readable } from 'node:stream'

const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Cuts a stream of bytes into lines of text of at most `maxBytes` bytes, as
 * Heroku's log does with 10,000. A cut never falls inside a character.
 */
export class LineSplitter {
  readonly #line: (text: string) => void
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(line: (text: string) => void, maxBytes = 10_000) {
    this.#line = line
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline)) {
      this.#whole(bytes.subarray(0, at))
      bytes = bytes.subarray(at + 1)
    }
    while (bytes.length > this.#maxBytes) bytes = this.#piece(bytes)
    this.#rest = bytes
  }

  /** The stream has ended: what is left without a newline is a line, too. */
  end(): void {
    if (this.#rest.length > 0) this.#whole(this.#rest)
    this.#rest = Buffer.alloc(0)
  }

  #whole(bytes: Buffer): void {
    let rest = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes
    while (rest.length > this.#maxBytes) rest = this.#piece(rest)
    this.#line(rest.toString('utf8'))
  }

  #piece(bytes: Buffer): Buffer {
    const cut = characterStart(bytes, this.#maxBytes)
    this.#line(bytes.subarray(0, cut).toString('utf8'))
    return bytes.subarray(cut)
  }
}

/** The last position at or before `at` where a character starts; bytes that are no UTF-8 are cut where they stand. */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4 && back < at; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back
  }
  return at
}

/** Resolves when the stream has ended and its last line was handed over. */
export async function readLines(stream: Readable | null, line: (text: string) => void): Promise<void> {
  if (stream === null) return
  const lines = new LineSplitter(line)
  stream.on('data', (chunk: Buffer) => lines.push(chunk))
  // A pipe that breaks has ended; `close` follows.
  stream.on('error', () => undefined)
  await once(stream, 'close')
  lines.end()
}
