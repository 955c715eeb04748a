import type { Clock } from '../../base/clock.ts'
import type { News, ToThread } from '../thread/thread-message.ts'
import type { Question, TaskAnswer } from './question.ts'

/** How long a thread may take: it answers between two steps, and user code may hold it up. */
const patienceMs = 2_000

/** Answers of the threads that were asked, and those threads that gave none in time. */
export interface Asked {
  readonly answers: readonly TaskAnswer[]
  readonly silent: readonly number[]
}

/** Carries messages and questions to threads, and their answers back. */
export class ThreadLines {
  readonly #clock: Clock
  readonly #posts = new Map<number, (message: ToThread) => void>()
  readonly #waiting = new Map<number, (answers: readonly TaskAnswer[]) => void>()
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  opened(thread: number, post: (message: ToThread) => void): void {
    this.#posts.set(thread, post)
  }

  closed(thread: number): void {
    this.#posts.delete(thread)
  }

  /** To every thread that runs. */
  tellAll(message: ToThread): void {
    for (const post of this.#posts.values()) post(message)
  }

  take({ id, answers }: Extract<News, { kind: 'answer' }>): void {
    this.#waiting.get(id)?.(answers)
  }

  async ask(threads: readonly number[], question: Question): Promise<Asked> {
    const all = await Promise.all(
      threads.map(async (thread) => ({ thread, answers: await this.#ask(thread, question) })),
    )
    return {
      answers: all.flatMap(({ answers }) => answers ?? []),
      silent: all.filter(({ answers }) => answers === undefined).map(({ thread }) => thread),
    }
  }

  async #ask(thread: number, question: Question): Promise<readonly TaskAnswer[] | undefined> {
    const post = this.#posts.get(thread)
    if (post === undefined) return undefined
    const id = (this.#lastId += 1)
    const isAnswered = new AbortController()
    const { promise, resolve } = Promise.withResolvers<readonly TaskAnswer[]>()
    this.#waiting.set(id, resolve)
    post({ kind: 'ask', id, question })
    const answers = await Promise.race([
      promise,
      this.#clock.sleep(patienceMs, isAnswered.signal).then(() => undefined),
    ])
    isAnswered.abort()
    this.#waiting.delete(id)
    return answers
  }
}
