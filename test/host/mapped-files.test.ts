import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { MappedFiles, rangesOf } from '../../src/host/mapped-files.ts'
import { LmdbEnvironment } from '../../src/runtime/store/lmdb-engine.ts'

const isLinux = process.platform === 'linux'

describe('where a file is mapped', () => {
  it('is read from what Linux says, and of no other file', () => {
    const maps = [
      '5589c2a00000-5589c2a21000 rw-p 00000000 00:00 0                          [heap]',
      '7f0000000000-7f0000200000 rw-s 00000000 fe:00 1311 /srv/a b/0_1/lmdb/data.mdb',
      '7f0000400000-7f0000401000 rw-s 00000000 fe:00 1312 /srv/a b/0_1/lmdb/lock.mdb',
      '7f0000800000-7f0000c00000 rw-s 00000000 fe:00 1311 /srv/a b/0_1/lmdb/data.mdb',
      '7f0001000000-7f0001200000 rw-s 00000000 fe:00 1399 /else/srv/a b/0_1/lmdb/data.mdb',
      '',
    ].join('\n')
    assert.deepEqual(rangesOf('/srv/a b/0_1/lmdb/data.mdb', maps), [
      { start: 0x7f0000000000, lengthBytes: 0x200000 },
      { start: 0x7f0000800000, lengthBytes: 0x400000 },
    ])
  })
})

describe('pages of mapped files', { skip: !isLinux && 'no /proc' }, () => {
  it('count until they are given back, again when they are touched, and hold what they held', async () => {
    await using under = await stored()
    const files = new MappedFiles()
    const forget = files.add(under.file)
    assert.ok(files.heldBytes >= under.countedBytes())
    assert.ok(under.countedBytes() > 8 * 1024 * 1024)
    files.release()
    assert.equal(under.countedBytes(), 0)
    assert.deepEqual(under.engine.get(Buffer.of(3)), under.value(3))
    assert.ok(under.countedBytes() > 0)
    under.engine.write([[Buffer.of(3), under.value(9)]])
    files.release()
    assert.deepEqual(under.engine.get(Buffer.of(3)), under.value(9))
    forget()
    assert.equal(files.heldBytes, 0)
  })

  it('are given back in the middle of a write and of an iteration, which go on', async () => {
    await using under = await stored()
    const files = new MappedFiles()
    const forget = files.add(under.file)
    function* entries() {
      for (let key = 0; key < 8; key++) {
        yield [Buffer.of(key), under.value(key + 100)] as const
        files.release()
      }
    }
    const iteration = under.engine.range({})[Symbol.iterator]()
    const seen = [iteration.next()]
    under.engine.write(entries())
    for (let key = 1; key < 8; key++) {
      files.release()
      seen.push(iteration.next())
    }
    const shown = seen.map(({ value: pair }) => (Array.isArray(pair) ? Buffer.from(pair[1]) : undefined))
    assert.deepEqual(
      shown,
      Array.from({ length: 8 }, (_, key) => under.value(key)),
    )
    for (let key = 0; key < 8; key++) assert.deepEqual(under.engine.get(Buffer.of(key)), under.value(key + 100))
    forget()
  })

  it('are left alone where the file is gone', async () => {
    await using under = await stored()
    const files = new MappedFiles()
    const forget = files.add(under.file)
    await rm(under.file)
    files.release()
    assert.deepEqual(under.engine.get(Buffer.of(3)), under.value(3))
    forget()
  })
})

/** A store of 8 values of 1.5 MB. */
async function stored() {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-mapped-'))
  const environment = new LmdbEnvironment(folder)
  const engine = environment.open('values')
  const value = (seed: number) => Buffer.alloc(1_500_000, seed)
  for (let key = 0; key < 8; key++) engine.write([[Buffer.of(key), value(key)]])
  const file = join(folder, 'data.mdb')
  return {
    engine,
    value,
    file,
    countedBytes: () => countedBytes(file),
    async [Symbol.asyncDispose]() {
      await environment.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Pages of one file that count for this process. */
function countedBytes(file: string): number {
  const blocks = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[\da-f]+-[\da-f]+ )/m)
  const counted = blocks.filter((block) => block.split('\n')[0]?.endsWith(` ${file}`))
  return counted.reduce((sum, block) => sum + Number(/^Rss:\s+(\d+) kB$/m.exec(block)?.[1] ?? 0) * 1024, 0)
}
