import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lead, type LeadSurroundings, type Term } from '../../../src/controller/lead/lead.ts'
import type { Hold } from '../../../src/record/record.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const terms = { lease: 'controller', holder: 'clock.1/1', forMs: 10_000, renewEveryMs: 3_000, askEveryMs: 1_000 }
const taken: Hold = { kind: 'taken', holder: 'clock.2/1', epoch: 7, forMs: 5_000 }
const held: Hold = { kind: 'held', epoch: 8, forMs: 10_000 }

interface Told {
  readonly said: readonly string[]
  /** The signals of all that was waited for. */
  readonly waits: readonly AbortSignal[]
}

/** Leads by those answers, one after the other, and is stopped when they are used up. Waits of `passing` milliseconds pass at once. */
async function leadBy(
  answers: readonly (Hold | Error)[],
  work: (term: Term) => Promise<void>,
  { release = (): Promise<void> => Promise.resolve(), passing = [terms.askEveryMs, terms.renewEveryMs] } = {},
): Promise<Told> {
  const said: string[] = []
  const waits: AbortSignal[] = []
  const stop = new AbortController()
  const left = [...answers]
  const clock = new FakeClock()
  const around: LeadSurroundings = {
    clock: {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        waits.push(signal)
        return passing.includes(ms) ? clock.sleep(ms, signal) : whenAborted(signal)
      },
    },
    say: (what) => said.push(what),
    record: {
      release,
      hold: () => {
        const answer = left.shift() ?? taken
        if (left.length === 0) stop.abort()
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    },
  }
  await lead(terms, around, work, stop.signal)
  return { said, waits }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

const untilItsEnd = ({ signal }: Term): Promise<void> => whenAborted(signal)

describe('the log of who leads', () => {
  it('says once that it follows, and again after it has led, and each time that nobody could be asked', async () => {
    const away = new Error('no route to Postgres')
    const { said } = await leadBy([taken, taken, away, taken, held, taken, taken, taken], untilItsEnd)
    assert.deepEqual(said, ['following', 'record-unreachable', 'following', 'leading', 'lost', 'following'])
  })

  it('says that the lease could not be let go: the next one has to wait until it runs out', async () => {
    const { said } = await leadBy([held, taken], () => Promise.resolve(), {
      release: () => Promise.reject(new Error('no route to Postgres')),
      passing: [terms.askEveryMs],
    })
    assert.deepEqual(said, ['leading', 'record-unreachable', 'following'])
  })

  it('ends with no timer left that would keep the process from stopping', async () => {
    const { waits } = await leadBy([held, held, taken], untilItsEnd)
    assert.ok(waits.length >= 2)
    assert.deepEqual(
      waits.filter(({ aborted }) => !aborted),
      [],
    )
  })
})
