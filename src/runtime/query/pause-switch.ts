import type { ToThread } from '../thread/thread-message.ts'
import type { ThreadLines } from './ask-threads.ts'

/**
 * `pause`, `resume` and `isPaused` of a whole worker, as `KafkaStreams` has them (KIP-834): of all its threads, and of those
 * that will replace one. It ends with the process: a dyno that is restarted goes on.
 */
export class PauseSwitch {
  readonly #lines: Pick<ThreadLines, 'tellAll'>
  #isPaused = false

  constructor(lines: Pick<ThreadLines, 'tellAll'>) {
    this.#lines = lines
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  pause(): void {
    this.#isPaused = true
    this.#lines.tellAll({ kind: 'pause' })
  }

  resume(): void {
    this.#isPaused = false
    this.#lines.tellAll({ kind: 'resume' })
  }

  /** To be called for each thread that starts. */
  started(post: (message: ToThread) => void): void {
    if (this.#isPaused) post({ kind: 'pause' })
  }
}
