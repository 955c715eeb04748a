import type { ServerResponse } from 'node:http'
import { failure } from '../api-status.ts'
import { refusal, send, type TextAnswer } from './answer.ts'

/** Smaller ones are let through: a refusal is no larger, and a person can still look at what is wrong. */
const smallBytes = 256 * 1024
/** Of answers that their clients have not read yet. A dyno has 512 MB. */
const usualMostBytes = 128 * 1024 * 1024
/** A client that reads nothing for so long is let go. */
const unreadForMs = 60_000

/** Answers on their way: a client that asks for long lists and reads none of them fills our memory no further than this. */
export class Outgoing {
  readonly #mostBytes: number
  #bytes = 0

  constructor(mostBytes = usualMostBytes) {
    this.#mostBytes = mostBytes
  }

  send(response: ServerResponse, answer: TextAnswer): void {
    const bytes = Buffer.byteLength(answer.body)
    if (bytes <= smallBytes) return send(response, answer)
    // Who left meanwhile would be counted for ever: it does not leave a second time.
    if (response.closed || response.req.socket.destroyed) return
    // One is always let through, however long it is.
    if (this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes) {
      const words = 'too many long answers wait to be read; ask for pages (limit=500), and try again later'
      return send(response, refusal(failure('TooManyRequests', words, { retryAfterSeconds: 2 })))
    }
    this.#bytes += bytes
    response.once('close', () => (this.#bytes -= bytes))
    response.setTimeout(unreadForMs, () => response.destroy())
    send(response, answer)
  }
}
