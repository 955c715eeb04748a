import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { RecordBatch } from '../../../src/kafka/record.ts'
import type { StoreEngine } from '../../../src/runtime/store/engine.ts'
import { LmdbEnvironment } from '../../../src/runtime/store/lmdb-engine.ts'
import { MemoryEngine } from '../../../src/runtime/store/memory-engine.ts'
import { restoredPieces } from '../../../src/runtime/store/restored-entries.ts'
import { type StoreFormat, timestampedFormat } from '../../../src/runtime/store/store-format.ts'
import { textBatch, type Row } from '../../support/task-world.ts'
import { batchBytes, outgoing, readColumns } from '../../support/wire-records.ts'

const same = (key: Uint8Array): Uint8Array => key
/** As a segmented store has it: keys get something in front, and some are too old to be kept. */
const prefixedFormat: StoreFormat = {
  isTimestamped: false,
  toLog: (key) => key.subarray(1),
  fromLog: (key) => (key[0] === 0x6f ? undefined : Buffer.concat([Buffer.from('p'), key])),
}
const formats: Readonly<Record<string, StoreFormat>> = {
  plain: { isTimestamped: false, toLog: same, fromLog: same },
  dated: timestampedFormat,
  prefixed: prefixedFormat,
}

describe('restoring a store', () => {
  for (const [name, format] of Object.entries(formats))
    it(`leaves what applying the changelog record by record leaves: ${name} (model)`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(rows, { maxLength: 4 }), async (batches) => {
          await using lmdb = temporary()
          const engines: readonly StoreEngine[] = [lmdb.engine, new MemoryEngine()]
          const model = new Map<string, string>()
          for (const each of batches) {
            apply(model, each, format)
            for (const batch of [textBatch('t', each), await fetched(each)])
              for (const engine of engines) restore(engine, batch, format)
          }
          for (const engine of engines) assert.deepEqual(contents(engine), inOrder(model))
        }),
        { numRuns: 40 },
      )
    })
})

describe('restoring a store in pieces', () => {
  it('leaves the same where the process ends between any two of them, and the offset from which to begin again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(8),
        async (batches, mostRecords, survives) => {
          await using lmdb = temporary()
          const engines: readonly StoreEngine[] = [lmdb.engine, new MemoryEngine()]
          const model = new Map<string, string>()
          for (const each of batches) {
            apply(model, each, timestampedFormat)
            const batch = textBatch('t', each)
            for (const engine of engines) {
              const pieces = [...restoredPieces(batch, timestampedFormat, mostRecords)]
              for (const { entries, offset } of pieces.slice(0, survives)) engine.write(entries, offset)
              const reached = survives < pieces.length ? batch.offset(0) : each.length
              if (survives > 0) assert.equal(engine.offset, reached)
              restore(engine, batch, timestampedFormat)
            }
          }
          for (const engine of engines) assert.deepEqual(contents(engine), inOrder(model))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('goes through a batch of keys in no order piece by piece in their order', () => {
    const batch = textBatch(
      't',
      [5, 3, 1, 4, 2].map((number): Row => [`k${number}`, 'v', number]),
    )
    const pieces = Array.from(restoredPieces(batch, timestampedFormat, 2), ({ entries, offset }) => [
      Array.from(entries, ([key]) => key.toString()),
      offset,
    ])
    assert.deepEqual(pieces, [
      [['k1', 'k2'], 0],
      [['k3', 'k4'], 0],
      [['k5'], 5],
    ])
  })
})

function restore(engine: StoreEngine, batch: RecordBatch, format: StoreFormat): void {
  for (const { entries, offset } of restoredPieces(batch, format)) engine.write(entries, offset)
}

/** Some keys often, one empty and one null; values from nothing to more than is copied at once. */
const anyKey: fc.Arbitrary<string | null> = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'old', null),
  fc.string({ maxLength: 60 }),
)
const anyValue: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom('v'.repeat(1_016), 'w'.repeat(3_000)),
)
const row: fc.Arbitrary<Row> = fc.tuple(anyKey, fc.oneof(anyValue, fc.constant(null)), fc.nat(2 ** 42))
const rows = fc.array(row, { minLength: 1, maxLength: 12 })

function apply(model: Map<string, string>, batch: readonly Row[], format: StoreFormat): void {
  for (const [key, value, timestamp] of batch) {
    const stored = key === null ? undefined : format.fromLog(Buffer.from(key))
    if (stored === undefined) continue
    const time = Buffer.alloc(8)
    time.writeBigInt64BE(BigInt(timestamp))
    if (value === null) model.delete(hex(stored))
    else model.set(hex(stored), hex(Buffer.concat([format.isTimestamped ? time : Buffer.of(), Buffer.from(value)])))
  }
}

/** As they come from a broker: in place, in the bytes of a record batch. */
async function fetched(batch: readonly Row[]): Promise<RecordBatch> {
  const records = batch.map(([key, value, timestamp]) => outgoing({ key, value, timestamp }))
  const columns = await readColumns(await batchBytes(records))
  assert.ok(columns)
  return columns
}

const contents = (engine: StoreEngine) => Array.from(engine.range({}), ([key, value]) => [hex(key), hex(value)])
const inOrder = (model: ReadonlyMap<string, string>) => [...model].toSorted(([one], [other]) => (one < other ? -1 : 1))
const hex = (content: Uint8Array): string => Buffer.from(content).toString('hex')

function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'weirkeeper-restored-'))
  const environment = new LmdbEnvironment(path)
  return {
    engine: environment.open('restored'),
    async [Symbol.asyncDispose]() {
      await environment.close()
      await rm(path, { recursive: true })
    },
  }
}
