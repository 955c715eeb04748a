import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { loadErrors, withErrorVars } from '../../../src/runtime/thread/load-errors.ts'
import type { FailedProduction } from '../../../src/runtime/task/error-plan.ts'
import { CountingApp } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }

/** Counts words, and fails on one. */
function countOrFail() {
  const builder = new StreamsBuilder()
  const refuse = (word: string) => {
    if (word === 'poison') throw new Error('no such word')
    return word
  }
  builder
    .stream('lines', text)
    .flatMapValues((line) => line.split(' '))
    .mapValues(refuse)
    .groupBy((_, word) => word, text)
    .count({ name: 'counts', store: 'in-memory' })
    .toStream()
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

describe('a stream thread whose records fail', () => {
  it('goes on where config vars say so, and writes dead letters', async () => {
    const env = {
      STREAMS_PROCESSING_EXCEPTION_HANDLER: 'org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler',
      STREAMS_ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME: 'dead',
    }
    using app = new CountingApp({ topology: countOrFail, env })
    app.kafka.log.createTopic('dead', 1)
    app.feed('a poison b', 'b')
    app.expected.delete('poison')
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    await running.stop()
    assert.deepEqual(Object.fromEntries(app.counts), Object.fromEntries(app.expected))
    assert.deepEqual(
      app.kafka.log.all('dead').map(({ value }) => Buffer.from(value ?? []).toString()),
      ['a poison b'],
    )
  })

  it('writes the dead letter, too, where the record ends it', async () => {
    using app = new CountingApp({
      topology: countOrFail,
      env: { STREAMS_ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME: 'dead' },
    })
    app.kafka.log.createTopic('dead', 1)
    app.feed('poison')
    const running = app.start(new Life(), app.newDisk())
    await assert.rejects(running.ended, /processing lines-0 offset 0/)
    assert.equal(app.kafka.log.all('dead').length, 1)
  })

  for (const guarantee of ['at_least_once', 'exactly_once_v2'])
    it(`asks its production handler about what only the broker refuses, and drops that alone (${guarantee})`, async () => {
      const env = { STREAMS_PROCESSING_GUARANTEE: guarantee, STREAMS_STATESTORE_CACHE_MAX_BYTES: '0' }
      using app = new CountingApp({ env })
      app.kafka.log.createTopic('dead', 1)
      app.kafka.refuses = ({ topic, key }) => topic === 'word-counts' && Buffer.from(key ?? []).toString() === 'large'
      const asked: FailedProduction[] = []
      const production = (failed: FailedProduction) => {
        asked.push(failed)
        return 'continue' as const
      }
      app.feed('a large b', 'b')
      app.expected.delete('large')
      const errors = { production, deadLetterTopic: 'dead' }
      const running = app.start(new Life(), app.newDisk(), 'worker.1', { errors })
      await app.settled()
      await running.stop()
      assert.deepEqual(Object.fromEntries(app.counts), Object.fromEntries(app.expected))
      const [first] = asked
      assert.deepEqual([first?.target, first?.origin, first?.topic], ['word-counts', 'broker', 'wc-counts-repartition'])
      assert.equal(Buffer.from(first?.rawKey ?? []).toString(), 'large')
      const letters = app.kafka.log.all('dead').map(({ key }) => Buffer.from(key ?? []).toString())
      assert.deepEqual(
        letters,
        asked.map(() => 'large'),
      )
      assert.ok(running.log.some((line) => line.startsWith('Skipping record') && line.includes('MESSAGE_TOO_LARGE')))
    })

  it('ends where the handler says so of a record that the broker refuses, where it fails itself, and where there is none', async () => {
    const broken = () => {
      throw new Error('odd')
    }
    for (const errors of [{ production: () => 'fail' as const }, { production: broken }, {}]) {
      using app = new CountingApp()
      app.kafka.refuses = ({ topic }) => topic === 'word-counts'
      app.feed('a')
      const running = app.start(new Life(), app.newDisk(), 'worker.1', { errors })
      await assert.rejects(running.ended, /MESSAGE_TOO_LARGE: send less/)
    }
  })

  it('never drops a record of a changelog, whatever its handler says: the store would come back without it', async () => {
    using app = new CountingApp({ env: { STREAMS_STATESTORE_CACHE_MAX_BYTES: '0' } })
    app.kafka.refuses = ({ topic }) => topic === 'wc-counts-changelog'
    app.feed('a')
    const errors = { production: () => 'continue' as const }
    await assert.rejects(app.start(new Life(), app.newDisk(), 'worker.1', { errors }).ended, /MESSAGE_TOO_LARGE/)
  })

  it('asks the handlers of the app before config vars', () => {
    const vars = { deserialization: 'continue', processing: 'continue', deadLetterTopic: 'dead' } as const
    const own = { processing: () => 'fail' as const, deadLetterTopic: 'mine' }
    const errors = withErrorVars(own, vars)
    assert.equal(errors.processing, own.processing)
    assert.equal(errors.deadLetterTopic, 'dead')
    assert.equal(typeof errors.deserialization, 'function')
    assert.deepEqual(withErrorVars({}, { deserialization: 'fail', processing: 'fail', deadLetterTopic: undefined }), {})
  })

  it('finds the handlers beside the topology, and says what is wrong with them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weirkeeper-errors-'))
    try {
      const write = (name: string, code: string) => {
        const file = join(folder, `${name}.mjs`)
        writeFileSync(file, code)
        return file
      }
      assert.deepEqual(await loadErrors(write('none', 'export const topology = 1')), {})
      const { uncaught } = await loadErrors(write('some', "export const errors = { uncaught: () => 'replace-thread' }"))
      assert.equal(uncaught?.(new Error('x')), 'replace-thread')
      await assert.rejects(
        loadErrors(write('odd', "export const errors = { processing: 'continue' }")),
        /exports `errors` that are no handlers: give it functions named deserialization, processing/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a stream thread that asks for the end of the application', () => {
  it('ends with all others, and none of them keeps a task', async () => {
    using app = new CountingApp()
    app.feed('a b', 'b c')
    const workers = [1, 2].map((number) => app.start(new Life(), app.newDisk(), `worker.${number}`))
    await app.settled()
    const asking = app.start(new Life(), app.newDisk(), 'worker.3', { endsApplication: true })
    for (const { ended } of [...workers, asking])
      await assert.rejects(ended, /a member of the group asked for the whole application to be shut down/)
  })
})
