import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder, keyValueStore, type Topology } from '../../../src/index.ts'
import { GlobalReader } from '../../../src/runtime/global/global-reader.ts'
import { readStore } from '../../../src/runtime/query/read-store.ts'
import { StateFolder } from '../../../src/runtime/state/task-stores.ts'
import { openLmdb } from '../../support/open-lmdb.ts'
import { KeyValueStore } from '../../../src/runtime/store/key-value-store.ts'
import { FakeKafka } from '../../support/fake-kafka.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }
const never = new AbortController().signal

/** A reader of topic `prices`, three partitions, on a disk of its own. */
class Scene implements AsyncDisposable {
  readonly kafka = new FakeKafka()
  readonly folder = mkdtempSync(join(tmpdir(), 'weirkeeper-global-'))
  readonly said: string[] = []
  readonly #readers: GlobalReader[] = []

  constructor() {
    this.kafka.log.createTopic('prices', 3)
  }

  set(key: string | null, value: string | null, partition = 0): void {
    const bytes = (part: string | null) => (part === null ? null : Buffer.from(part))
    const record = { topic: 'prices', partition, timestamp: 7, headers: [], key: bytes(key), value: bytes(value) }
    this.kafka.log.append(record)
  }

  open(topology: Topology, readCommitted = false): GlobalReader {
    const reader = new GlobalReader({
      topology,
      wire: { applicationId: 'app', topicPrefix: '' },
      client: this.kafka.openClient(),
      folder: new StateFolder({
        stateDir: this.folder,
        applicationId: 'app',
        era: 'today',
        thread: 1,
        openDisk: openLmdb,
      }),
      number: 1,
      readCommitted,
      maxBytesPerPartition: 1024,
      pollMs: 1,
      log: (_level, message, fields) => void this.said.push(`${message} ${JSON.stringify(fields)}`),
    })
    this.#readers.push(reader)
    return reader
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers) await reader.close()
    rmSync(this.folder, { recursive: true })
  }
}

function priceTable(store: 'persistent' | 'in-memory'): Topology {
  const builder = new StreamsBuilder()
  builder.globalTable('prices', text, { name: 'prices', store })
  return builder.build()
}

function held(reader: GlobalReader, name = 'prices'): readonly (readonly [unknown, unknown])[] {
  const store = reader.stores.get(name) ?? assert.fail('no such store')
  const all = readStore(store, { kind: 'range', from: undefined, to: undefined, limit: 100 })
  return (all?.entries ?? []).map(({ key, value }) => [key, value])
}

for (const store of ['persistent', 'in-memory'] as const)
  describe(`one thread's copy of a global table, ${store}`, () => {
    it('G3: holds all partitions to their ends when it is full, and then follows', async () => {
      await using scene = new Scene()
      scene.set('tea', '3', 0)
      scene.set('cake', '5', 1)
      scene.set('milk', '1', 2)
      scene.set('tea', null, 0)
      const reader = scene.open(priceTable(store))
      assert.equal(await reader.follow(never), undefined)
      assert.equal(reader.isFull, true)
      assert.deepEqual(held(reader), [
        ['cake', '5'],
        ['milk', '1'],
      ])
      scene.set('tea', '4', 0)
      assert.equal(await reader.follow(never), undefined)
      assert.deepEqual(held(reader).at(-1), ['tea', '4'])
    })

    it('keeps nothing from an earlier start: what is gone from the topic is gone from the table', async () => {
      await using scene = new Scene()
      scene.set('tea', '3', 0)
      const first = scene.open(priceTable(store))
      await first.follow(never)
      await first.close()
      // compaction took the tombstone, too
      scene.kafka.log.deleteBefore({ topic: 'prices', partition: 0 }, 1)
      scene.set('cake', '5', 1)
      const second = scene.open(priceTable(store))
      await second.follow(never)
      assert.deepEqual(held(second), [['cake', '5']])
    })
  })

describe('what fills global stores', () => {
  it('drops records without a key, as a table does, and stops where a record cannot be read', async () => {
    await using scene = new Scene()
    scene.set(null, 'nobody')
    scene.set('tea', '3')
    const builder = new StreamsBuilder()
    builder.globalTable('prices', { keySerde: serdes.string, valueSerde: serdes.int })
    const reader = scene.open(priceTable('in-memory'))
    await reader.follow(never)
    assert.deepEqual(held(reader), [['tea', '3']])
    await reader.close()
    assert.ok(scene.said.some((line) => line.startsWith('Skipping record due to null key')))
    await assert.rejects(
      scene.open(builder.build()).follow(never),
      /deserialization failed in KSTREAM-SOURCE-0000000001/,
    )
  })

  it('says what to do where the topic is not there', async () => {
    await using scene = new Scene()
    const builder = new StreamsBuilder()
    builder.globalTable('rates', text)
    const trouble = await scene.open(builder.build()).follow(never)
    assert.equal(trouble?.kind, 'fatal')
    assert.match(trouble.reason, /There are no partitions available for topic rates/)
  })

  it('ends the thread when records went before they were read, since their deletions may be among them', async () => {
    await using scene = new Scene()
    scene.set('tea', '3')
    const reader = scene.open(priceTable('in-memory'))
    await reader.follow(never)
    scene.set('tea', '4')
    scene.set('tea', null)
    scene.kafka.log.deleteBefore({ topic: 'prices', partition: 0 }, 3)
    await assert.rejects(reader.follow(never), /a global store lost its place/)
  })

  it('lets a processor fill a store, meets the whole topic at each start, and lets nobody else write', async () => {
    await using scene = new Scene()
    scene.set('tea', '3')
    const byPrice = keyValueStore({ name: 'by-price', keySerde: serdes.string, valueSerde: serdes.string })
    const builder = new StreamsBuilder()
    builder.addGlobalStore(byPrice, 'prices', text, () => {
      let put: (price: string, article: string) => void = () => {}
      return {
        init: (context) => {
          const store = context.store(byPrice)
          put = (price, article) => store.put(price, article)
        },
        process: ({ key, value }) => put(value, key),
      }
    })
    const topology = builder.build()
    const first = scene.open(topology)
    await first.follow(never)
    await first.close()
    const second = scene.open(topology)
    await second.follow(never)
    assert.deepEqual(held(second, 'by-price'), [['3', 'tea']])
    const store = second.stores.get('by-price')
    assert.ok(store instanceof KeyValueStore)
    assert.throws(() => store.put('1', 'milk'), /Global store is read only/)
  })
})
