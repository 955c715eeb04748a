import type { MessagePort } from 'node:worker_threads'
import { unreachable } from '../../base/unreachable.ts'
import type { FromThread, ToThread } from './thread-message.ts'
import type { StreamThread } from './stream-thread.ts'

/** What the main thread tells a stream thread, which may come before there is one. */
export class Orders {
  readonly stop: AbortSignal
  /** The config vars that come with the word to begin; undefined: it is to stop, and may not join the group. */
  readonly begun: Promise<Readonly<Record<string, string>> | undefined>
  readonly #line: MessagePort
  #running: StreamThread | undefined
  #isPaused = false

  constructor(line: MessagePort) {
    const stopping = new AbortController()
    const begun = Promise.withResolvers<Readonly<Record<string, string>> | undefined>()
    this.#line = line
    this.stop = stopping.signal
    this.begun = begun.promise
    line.on('message', (message: ToThread) => {
      switch (message.kind) {
        case 'stop':
          stopping.abort()
          return begun.resolve(undefined)
        case 'begin':
          return begun.resolve(message.env)
        case 'ask':
          return void this.#reply(message)
        case 'pause':
        case 'resume':
          this.#isPaused = message.kind === 'pause'
          return this.#running?.[message.kind]()
        default:
          return unreachable(message)
      }
    })
  }

  /** From now on they are for this one. */
  goTo(thread: StreamThread): void {
    this.#running = thread
    if (this.#isPaused) thread.pause()
  }

  async #reply({ id, question }: Extract<ToThread, { kind: 'ask' }>): Promise<void> {
    const answers = this.#running === undefined ? [] : await this.#running.answer(question)
    const message: FromThread = { kind: 'answer', id, answers }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#line.postMessage(message)
  }
}
