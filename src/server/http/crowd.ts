import { failure } from '../api-status.ts'
import { refusal, type Answer } from './answer.ts'

/** Lets so many in at once; whoever comes to a full house is told to come back, before anything was read or done. */
export class Crowd {
  readonly #most: number
  #inside = 0

  constructor(most: number) {
    this.#most = most
  }

  get isEmpty(): boolean {
    return this.#inside === 0
  }

  async enter(answer: () => Promise<Answer>): Promise<Answer> {
    if (this.#inside >= this.#most) {
      const words = 'too many requests at once, please try again later'
      return refusal(failure('TooManyRequests', words, { retryAfterSeconds: 1 }))
    }
    this.#inside += 1
    try {
      return await answer()
    } finally {
      this.#inside -= 1
    }
  }
}
