import type { JsonObject } from '../../../src/record/record.ts'
import { Chance } from './chance.ts'
import { compareAnswers, type Explanation, type Verdict } from './compare-answers.ts'
import { randomStreamAppOperation } from './random-stream-app.ts'
import { isDry, ServedObject, type Collection } from './served-object.ts'
import { isGone, type Exchange, type Transcript } from './transcript.ts'

export interface Pair {
  readonly genuine: Collection
  readonly ours: Collection
}

export interface Comparison {
  /** What was asked of the genuine server, and what it said: one list for each object. */
  readonly transcripts: Transcript[]
  readonly explained: Explanation[]
  /** In words. */
  readonly different: string[]
}

interface Run {
  readonly seed: number
  /** Requests to each of the two. */
  readonly requests: number
  /** Of a hundred, those that clients seldom send. */
  readonly odd: number
}

/** Lives of StreamApps on both servers, several at a time, until enough was asked. */
export async function compareServers(pair: Pair, { seed, requests, odd }: Run): Promise<Comparison> {
  const found: Comparison = { transcripts: [], explained: [], different: [] }
  const mark = Date.now().toString(36)
  let asked = 0
  let born = 0
  const liveOn = async (): Promise<void> => {
    while (asked < requests) {
      born += 1
      const life = new Life(pair, `app-${seed}-${born}-${mark}`, new Chance(seed * 1000 + born), odd)
      found.transcripts.push(life.exchanges)
      while (asked < requests && life.exchanges.length < mostOfOne) {
        asked += 1
        // oxlint-disable-next-line no-await-in-loop -- each request hangs on the answer before it
        const verdict = await life.next()
        if (verdict.kind === 'equal') continue
        if (verdict.kind === 'explained') found.explained.push(verdict.by)
        else found.different.push([life.describeLast(), ...verdict.lines].join('\n'))
        break
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, liveOn))
  return found
}

const mostOfOne = 50
const atOnce = 4

/** One object on both servers. It ends where their answers differ. */
class Life {
  readonly exchanges: Exchange[] = []
  readonly #there: ServedObject
  readonly #here: ServedObject
  readonly #chance: Chance
  readonly #odd: number
  #shown: JsonObject | undefined

  constructor({ genuine, ours }: Pair, name: string, chance: Chance, odd: number) {
    this.#odd = odd
    this.#there = new ServedObject(genuine, name)
    this.#here = new ServedObject(ours, name)
    this.#chance = chance
  }

  async next(): Promise<Verdict> {
    const drawn = randomStreamAppOperation(this.#chance, this.#shown, this.#odd)
    const [{ operation, answer, words }, ours] = await Promise.all([this.#there.send(drawn), this.#here.send(drawn)])
    this.exchanges.push({ operation, answer, words })
    if (isDry(operation)) return compareAnswers({ answer, words }, ours.answer)
    if (answer.object !== undefined) this.#shown = isGone(answer.object) ? undefined : answer.object
    else if (answer.code < 300) this.#shown = undefined
    return compareAnswers({ answer, words }, ours.answer)
  }

  describeLast(): string {
    const last = this.exchanges.at(-1)
    const before = this.exchanges.at(-2)?.answer.object
    return `asked ${JSON.stringify(last?.operation)} (${last?.words ?? ''})\n before ${JSON.stringify(before)}`
  }
}
