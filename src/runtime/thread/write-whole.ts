import { writeSync } from 'node:fs'

/** How long a pipe that is full is left to whoever reads it. */
const pauseMs = 10

/**
 * Writes all of a text to a file or pipe before it returns, however slowly that is read. Where nobody reads it any more it is
 * nobody's: a worker does not end for want of a reader of its log.
 */
export function writeWhole(descriptor: number, text: string, write: typeof writeBytes = writeBytes): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;) {
    const wrote = write(descriptor, bytes, written)
    if (wrote === undefined) return
    if (wrote === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    written += wrote
  }
}

/** How many bytes went out; 0: the pipe is full; undefined: nobody reads it. */
function writeBytes(descriptor: number, bytes: Uint8Array, from: number): number | undefined {
  try {
    return writeSync(descriptor, bytes, from)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EAGAIN') return 0
    if (code === 'EPIPE') return undefined
    throw error
  }
}
