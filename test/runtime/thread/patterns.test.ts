import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { CountingApp, type Running } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

function countByPattern(pattern: RegExp) {
  const builder = new StreamsBuilder()
  builder
    .stream(pattern, texts)
    .flatMapValues((line) => line.split(' '))
    .groupBy((_, word) => word, texts)
    .count({ name: 'counts', store: 'in-memory' })
    .toStream()
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

/** Counts the words of each key of every topic that fits, in one task. */
function countByKey() {
  const builder = new StreamsBuilder()
  builder
    .stream(/lines.*/, texts)
    .groupByKey()
    .count({ name: 'counts', store: 'persistent' })
    .toStream()
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

function write(app: CountingApp, topic: string, key: string | null, ...lines: readonly string[]): void {
  for (const line of lines)
    app.kafka.log.append({
      topic,
      partition: 0,
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(line),
      timestamp: 1_000,
      headers: [],
    })
}

const counted = (app: CountingApp, word: string, count: number) =>
  until(
    () => app.counts.get(word) === count,
    () => `${word} is ${app.counts.get(word)} of ${count}`,
  )

const reads = (running: Running): readonly string[] =>
  running.log.filter((line) => line.startsWith('joining the group'))

for (const guarantee of ['at_least_once', 'exactly_once_v2'])
  describe(`a worker whose source is a pattern (${guarantee})`, () => {
    const env = { STREAMS_PROCESSING_GUARANTEE: guarantee, STREAMS_METADATA_MAX_AGE_MS: '1' }

    it('reads the topics that fit, and those that come while it runs, each record once', async () => {
      using app = new CountingApp({ env, topology: () => countByPattern(/lines.*/) })
      write(app, 'lines', null, 'a b', 'a')
      const one = app.start(new Life(), app.newDisk())
      await counted(app, 'a', 2)
      app.kafka.log.createTopic('lines-of-another', 2)
      write(app, 'lines-of-another', null, 'a c')
      await counted(app, 'a', 3)
      app.kafka.log.createTopic('other', 2)
      write(app, 'other', null, 'a')
      write(app, 'lines', null, 'a')
      await counted(app, 'a', 4)
      await one.stop()
      assert.deepEqual(Object.fromEntries(app.counts), { a: 4, b: 1, c: 1 })
      assert.match(reads(one).at(-1) ?? '', /topics that fit a pattern: lines-of-another came/)
    })

    it('goes on with the state of a task that gets another topic', async () => {
      using app = new CountingApp({ env, topology: countByKey })
      write(app, 'lines', 'k', 'x', 'x', 'x')
      const one = app.start(new Life(), app.newDisk())
      await counted(app, 'k', 3)
      app.kafka.log.createTopic('lines-2', 1)
      write(app, 'lines-2', 'k', 'x', 'x')
      await counted(app, 'k', 5)
      write(app, 'lines', 'k', 'x')
      await counted(app, 'k', 6)
      await one.stop()
      const opened = one.log.filter((line) => line.startsWith('opened a task') && line.includes('"0_0"'))
      const missing = opened.map((line) => Number(/"missing":(\d+)/.exec(line)?.[1]))
      assert.equal(missing.length, 2)
      assert.ok(
        Math.max(...missing) <= 1,
        `restored ${missing.join(', ')}: the marker of a transaction is all it lacked`,
      )
    })

    it('waits for a topic where none fits yet', async () => {
      using app = new CountingApp({ env, topology: () => countByPattern(/late-.*/) })
      const one = app.start(new Life(), app.newDisk())
      await until(
        () => one.log.some((line) => line.startsWith('joined the group')),
        () => one.log.join('\n'),
      )
      app.kafka.log.createTopic('late-1', 2)
      write(app, 'late-1', null, 'a')
      await counted(app, 'a', 1)
      await one.stop()
    })
  })

describe('a worker whose patterns', () => {
  it('both fit a topic is refused in the words of Kafka Streams', async () => {
    const builder = new StreamsBuilder()
    builder.stream(/line.*/, texts).to('word-counts')
    builder.stream(/.*nes/, texts).to('word-counts')
    using app = new CountingApp({ topology: () => builder.build() })
    const one = app.start(new Life(), app.newDisk())
    await assert.rejects(
      one.ended,
      /Topic lines is already matched for another regex pattern line\.\* and hence cannot be matched to this regex pattern \.\*nes any more/,
    )
  })

  it('fit its own internal topics leaves them alone', async () => {
    using app = new CountingApp({ topology: () => countByPattern(/lines|wc-.*/) })
    write(app, 'lines', null, 'a b')
    const one = app.start(new Life(), app.newDisk())
    await counted(app, 'b', 1)
    await one.stop()
    assert.deepEqual(Object.fromEntries(app.counts), { a: 1, b: 1 })
  })
})
