import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { RegistryAnswer, RegistryDoor, RegistryRequest } from './ask-registry.ts'

export interface AskingThreadData {
  readonly port: MessagePort
  readonly bell: Int32Array
  readonly door: RegistryDoor
}

export interface NumberedRequest {
  readonly number: number
  readonly request: RegistryRequest
}

interface NumberedAnswer {
  readonly number: number
  readonly answer: RegistryAnswer
}

/** Beyond what the asking thread allows itself: the thread itself is stuck. */
const spareMs = 10_000

/**
 * Asks a registry and sleeps until it answers: another thread does the talking. A stream thread may do so, since it
 * happens once for each schema, and its heartbeats go on being due far longer than a request takes.
 */
export class BlockingAsker {
  readonly #door: RegistryDoor
  #thread: { readonly worker: Worker; readonly port: MessagePort; readonly bell: Int32Array } | undefined
  #number = 0

  constructor(door: RegistryDoor) {
    this.#door = door
  }

  ask(request: RegistryRequest): RegistryAnswer {
    const { port, bell } = (this.#thread ??= open(this.#door))
    const number = (this.#number += 1)
    const endMs = performance.now() + this.#door.patienceMs + this.#door.timeoutMs + spareMs
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    port.postMessage({ number, request } satisfies NumberedRequest)
    for (;;) {
      const rung = Atomics.load(bell, 0)
      const received: { message: NumberedAnswer } | undefined = receiveMessageOnPort(port)
      // an answer that came too late for an earlier question is not this one's
      if (received?.message.number === number) return received.message.answer
      if (received !== undefined) continue
      if (Atomics.wait(bell, 0, rung, endMs - performance.now()) === 'timed-out')
        return { kind: 'silence', reason: 'the thread that asks the schema registry does not answer' }
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    thread?.port.close()
    await thread?.worker.terminate()
  }
}

function open(door: RegistryDoor) {
  const { port1: port, port2 } = new MessageChannel()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const data: AskingThreadData = { port: port2, bell, door }
  const worker = new Worker(new URL('registry-thread.ts', import.meta.url), { workerData: data, transferList: [port2] })
  // neither keeps a process that has nothing else to do
  worker.unref()
  port.unref()
  return { worker, port, bell }
}
