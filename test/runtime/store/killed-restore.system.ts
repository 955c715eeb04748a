import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { StoreEngine } from '../../../src/runtime/store/engine.ts'
import { LmdbEnvironment } from '../../../src/runtime/store/lmdb-engine.ts'
import { batchRecords, restoreShuffled, shuffledUpTo } from '../../support/shuffled-changelog.ts'

const restoring = fileURLToPath(new URL('../../support/restoring-process.ts', import.meta.url))
/** Entries and pieces that each life writes: it ends within the first piece of a batch, behind one, within a later one, ... */
const lives = [700, 2_049, 10_000, 14_105]

describe('a store that is being restored, its pages given back all the time', () => {
  it('has after each kill -9 everything before its offset, and all of it once it was restored from there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-killed-'))
    try {
      for (const steps of lives) {
        await restoreUntilKilled(folder, steps)
        const environment = new LmdbEnvironment(folder)
        const engine = environment.open('restored')
        const { offset = 0 } = engine
        assert.equal(offset % batchRecords, 0)
        // Between two pieces of a batch some of it is there already, and nothing else.
        const [before, behind] = [shuffledUpTo(offset), shuffledUpTo(offset + batchRecords)]
        for (const [key, value] of contents(engine))
          assert.ok(value === before.get(key) || value === behind.get(key), `${key} at ${offset}: ${value}`)
        for (const key of before.keys()) assert.ok(engine.get(Buffer.from(key)) !== undefined, key)
        restoreShuffled(engine, offset / batchRecords)
        assert.deepEqual(new Map(contents(engine)), behind)
        await environment.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

async function restoreUntilKilled(folder: string, steps: number): Promise<void> {
  const child = spawn(process.execPath, [restoring, folder, String(steps)], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL')
}

const contents = (engine: StoreEngine): (readonly [string, string])[] =>
  Array.from(engine.range({}), ([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()])
