import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { LmdbEnvironment } from '../../../src/runtime/store/lmdb-engine.ts'
import { MemoryEngine } from '../../../src/runtime/store/memory-engine.ts'
import { storeEngineContract } from '../../contract/store-engine.ts'

function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'weirkeeper-lmdb-'))
  const environment = new LmdbEnvironment(path)
  return {
    path,
    environment,
    engine: environment.open('counts'),
    async [Symbol.asyncDispose]() {
      await environment.close()
      await rm(path, { recursive: true })
    },
  }
}

describe('the LMDB engine', () => {
  storeEngineContract(temporary)

  it('finds everything again when it is opened a second time, stores kept apart', async () => {
    await using first = temporary()
    first.engine.write([[Buffer.from('k'), Buffer.from('v')]], 12)
    first.environment.open('other').write([[Buffer.from('k'), Buffer.from('w')]], 3)
    await first.environment.close()
    const second = new LmdbEnvironment(first.path)
    const [counts, other] = [second.open('counts'), second.open('other')]
    assert.deepEqual([counts.get(Buffer.from('k'))?.toString(), counts.offset], ['v', 12])
    assert.deepEqual([other.get(Buffer.from('k'))?.toString(), other.offset], ['w', 3])
    await second.close()
  })

  it(
    'has its file in memory once, however large it grows',
    { skip: process.platform !== 'linux' && 'no /proc' },
    async () => {
      await using under = temporary()
      const value = Buffer.alloc(1024 * 1024, 7)
      for (let number = 0; number < 3; number++) under.engine.write([[Buffer.of(number), value]])
      assert.deepEqual(under.engine.get(Buffer.of(2)), value)
      const maps = readFileSync('/proc/self/maps', 'utf8').split('\n')
      assert.equal(maps.filter((line) => line.endsWith(`${under.path}/data.mdb`)).length, 1)
    },
  )

  it('takes a key of 1,977 bytes and refuses a longer one with what to do', async () => {
    await using under = temporary()
    under.engine.write([[Buffer.alloc(1977, 7), Buffer.from('v')]])
    assert.equal(under.engine.get(Buffer.alloc(1977, 7))?.toString(), 'v')
    assert.throws(
      () => under.engine.write([[Buffer.alloc(1978, 7), Buffer.from('v')]]),
      /store counts was given a key of 1978 bytes; .* Use a shorter key, or an in-memory store/,
    )
    assert.equal(under.engine.get(Buffer.alloc(1978, 7)), undefined)
  })
})

describe('the engine in memory', () => {
  storeEngineContract(() => ({ engine: new MemoryEngine(), [Symbol.asyncDispose]: async () => {} }))
})
