import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../../src/base/clock.ts'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { CountingApp } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }

/** A hundred times as fast as the real one. */
function hurried(): Clock {
  return {
    now: () => performance.now() * 100,
    sleep: (ms, signal) => setTimeout(ms / 100, undefined, { signal }).catch(() => undefined),
  }
}

/** A call that a test may let hang; the ones that hang are told when nobody waits for them any more. */
class Service {
  hangs = false
  waiting = 0
  toldOff = 0

  readonly ask = async (word: string, signal: AbortSignal): Promise<string> => {
    if (!this.hangs || word !== 'hang') return word
    this.waiting += 1
    signal.addEventListener('abort', () => (this.toldOff += 1), { once: true })
    return new Promise(() => {})
  }
}

/** Counts words, and asks the service about each: where `isBehind`, about each count. */
function counting(service: Service, { isBehind }: { readonly isBehind: boolean }) {
  const patient = { order: 'none', timeoutMs: 1_000_000_000 } as const
  const builder = new StreamsBuilder()
  const words = builder.stream('lines', text).flatMapValues((line) => line.split(' '))
  const asked = isBehind ? words : words.mapValuesAsync((word, _, { signal }) => service.ask(word, signal), patient)
  const counts = asked
    .groupBy((_, word) => word, text)
    .count({ name: 'counts', store: 'in-memory' })
    .toStream()
  const told = isBehind
    ? counts.mapValuesAsync(async (count, word, { signal }) => {
        await service.ask(word, signal)
        return count
      }, patient)
    : counts
  told.to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

const guarantees = [
  { guarantee: 'at_least_once', env: {} },
  {
    guarantee: 'exactly_once_v2',
    env: { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_TRANSACTION_TIMEOUT_MS: '100000000000' },
  },
]

describe('a thread that is stopped while a call hangs', () => {
  for (const { guarantee, env } of guarantees)
    for (const isBehind of [false, true])
      it(`${guarantee}, ${isBehind ? 'behind' : 'before'} the store: gives the call up, and the next owner makes it again`, async () => {
        const service = new Service()
        service.hangs = true
        using app = new CountingApp({ env, clock: hurried(), topology: () => counting(service, { isBehind }) })
        app.feed('a b', 'c d', 'hang e', 'f g')
        const first = app.start(new Life(), app.newDisk())
        await until(() => service.waiting > 0, 'a call that hangs')
        await first.stop()
        assert.ok(service.toldOff > 0, 'nobody told the call')
        service.hangs = false
        const second = app.start(new Life(), app.newDisk())
        await app.settled()
        await second.stop()
        if (guarantee === 'exactly_once_v2') assert.deepEqual(app.counts, app.expected)
        for (const [word, count] of app.expected)
          assert.ok((app.counts.get(word) ?? 0) >= count, `${word}: ${app.counts.get(word)} of ${count}`)
      })
})

describe('a thread whose group changes while a call hangs', () => {
  for (const { guarantee, env } of guarantees)
    it(`${guarantee}: waits no longer than it should, and loses nothing`, async () => {
      const service = new Service()
      service.hangs = true
      using app = new CountingApp({ env, clock: hurried(), topology: () => counting(service, { isBehind: true }) })
      app.feed('a b', 'c d', 'hang e', 'f g')
      const first = app.start(new Life(), app.newDisk())
      await until(() => service.waiting > 0, 'a call that hangs')
      const second = app.start(new Life(), app.newDisk(), 'worker.2')
      await until(() => second.log.some((line) => line.startsWith('joined the group')), 'a second member')
      service.hangs = false
      await first.stop()
      await app.settled()
      await second.stop()
      if (guarantee === 'exactly_once_v2') assert.deepEqual(app.counts, app.expected)
      for (const [word, count] of app.expected)
        assert.ok((app.counts.get(word) ?? 0) >= count, `${word}: ${app.counts.get(word)} of ${count}`)
    })
})
