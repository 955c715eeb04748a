import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { loadErrors, withErrorVars } from '../../../src/runtime/thread/load-errors.ts'
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
