import { Socket } from 'node:net'

type WriteEnd = (error?: Error | null) => void

/** What is written within one turn of the event loop leaves as one: statements that go out together cost one system call. */
export class GatheringSocket extends Socket {
  #isGathering = false

  override write(bytes: Uint8Array | string, end?: WriteEnd): boolean
  override write(text: Uint8Array | string, encoding?: BufferEncoding, end?: WriteEnd): boolean
  override write(
    given: Uint8Array | string,
    encodingOrEnd?: BufferEncoding | WriteEnd,
    end: WriteEnd | undefined = typeof encodingOrEnd === 'function' ? encodingOrEnd : undefined,
  ): boolean {
    this.#gather()
    return super.write(given, typeof encodingOrEnd === 'string' ? encodingOrEnd : undefined, end)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.cork()
    process.nextTick(() => {
      this.#isGathering = false
      this.uncork()
    })
  }
}
