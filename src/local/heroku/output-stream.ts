import type { OutputStream } from './records.ts'
import type { World } from './world.ts'

/** A stream whose address nobody can guess; it needs no key, as at Heroku. */
export function newOutputStream(world: World): OutputStream {
  const id = world.id()
  const stream = { path: `/streams/${id}`, chunks: [], ended: false, readers: new Set<() => void>() }
  world.open.streams.set(id, stream)
  return stream
}

export function append(stream: OutputStream, text: string): void {
  stream.chunks.push(text)
  for (const wake of stream.readers) wake()
}

export function end(stream: OutputStream): void {
  stream.ended = true
  for (const wake of stream.readers) wake()
}

/** What was written and what will be, until the end or the signal. */
export async function* read(stream: OutputStream, signal: AbortSignal): AsyncGenerator<string> {
  let next = 0
  while (!signal.aborted) {
    const chunk = stream.chunks[next]
    if (chunk !== undefined) {
      next += 1
      yield chunk
    } else if (stream.ended) return
    else await somethingNew(stream, signal)
  }
}

async function somethingNew(stream: OutputStream, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.readers.add(resolve)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  stream.readers.delete(resolve)
}
