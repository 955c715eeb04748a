import type { JsonObject } from '../../../src/record/record.ts'
import { Chance } from './chance.ts'
import { gadgetsAt, ServedObject } from './served-object.ts'
import { randomOperation } from './random-operation.ts'
import { isGone, type Exchange, type Transcript } from './transcript.ts'

export interface Conversation {
  readonly seed: number
  readonly objects: number
  readonly steps: number
}

/** Random requests to many objects in turn, so that each lives through several seconds. */
export async function converse(
  baseUrl: string,
  { seed, objects, steps }: Conversation,
): Promise<readonly Transcript[]> {
  const mark = Date.now().toString(36)
  const talks = Array.from(
    { length: objects },
    (_, at) => new Talk(baseUrl, `gadget-${seed}-${at}-${mark}`, seed * 1000 + at),
  )
  for (let turn = 0; turn < steps; turn += 1) for (const talk of talks) await talk.next()
  return talks.map(({ exchanges }) => exchanges)
}

class Talk {
  readonly exchanges: Exchange[] = []
  readonly #object: ServedObject
  readonly #chance: Chance
  readonly #isCrowd: boolean
  #shown: JsonObject | undefined

  constructor(baseUrl: string, name: string, seed: number) {
    this.#object = new ServedObject(gadgetsAt(baseUrl), name)
    this.#chance = new Chance(seed)
    this.#isCrowd = seed % 7 === 0
  }

  async next(): Promise<void> {
    const drawn = randomOperation(this.#chance, this.#shown, this.#isCrowd)
    const { operation, answer } = await this.#object.send(drawn)
    this.exchanges.push({ operation, answer })
    const { code, object } = answer
    if (object !== undefined) this.#shown = isGone(object) ? undefined : object
    else if (code < 300) this.#shown = undefined
  }
}
