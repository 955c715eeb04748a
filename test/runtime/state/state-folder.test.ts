import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { appFolder, releaseLocks, removeDeadLocks } from '../../../src/runtime/state/folder-lock.ts'
import { StateFolder, type HeldStores, type StateFolderOptions } from '../../../src/runtime/state/task-stores.ts'
import { openLmdb } from '../../support/open-lmdb.ts'

function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'weirkeeper-state-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const folderAt = (stateDir: string, more: Partial<StateFolderOptions> = {}) =>
  new StateFolder({ stateDir, applicationId: 'app', era: 'today', thread: 1, openDisk: openLmdb, ...more })
const hold = (folder: StateFolder): HeldStores => folder.hold('0_1') ?? assert.fail('the folder is held')
const open = ({ openEngine }: HeldStores) => openEngine({ taskId: '0_1', name: 'counts', persistent: true })
const key = Buffer.from('k')

describe('the folder of state', () => {
  it('F1: is held by one thread at a time, and given back whole', async () => {
    await using at = temporary()
    const [one, other] = [folderAt(at.path), folderAt(at.path, { thread: 2 })]
    const held = hold(one)
    open(held).write([[key, Buffer.from('v')]], 9)
    assert.equal(other.hold('0_1'), undefined)
    await held.release()
    const again = hold(other)
    const engine = open(again)
    assert.deepEqual([engine.get(key)?.toString(), engine.offset], ['v', 9])
    assert.deepEqual(other.stored(), ['0_1'])
    await again.release()
  })

  it('leaves alone what lies there where no store is persistent, and opens nothing on disk', async () => {
    await using at = temporary()
    const before = hold(folderAt(at.path))
    open(before).write([[key, Buffer.from('v')]], 9)
    await before.release()
    const folder = folderAt(at.path, { openDisk: undefined })
    assert.deepEqual(folder.stored(), [])
    const held = hold(folder)
    assert.throws(() => open(held), /nothing opens what lies at .*0_1: no store was said to be persistent/)
    assert.equal(held.openEngine({ taskId: '0_1', name: 'counts', persistent: false }).offset, undefined)
    await held.release()
  })

  it('F1: leaves a lock alone that another thread has just made and not written to', async () => {
    await using at = temporary()
    const folder = folderAt(at.path)
    writeFileSync(join(at.path, 'app', '0_1.lock'), '')
    assert.equal(folder.hold('0_1'), undefined)
  })

  it('F1: is cleared of what earlier processes left before any thread starts', async () => {
    await using at = temporary()
    folderAt(at.path)
    const folder = appFolder(at.path, 'app')
    for (const [task, holder] of [
      ['0_0', '999999999.1'],
      ['0_1', ''],
      ['0_2', `${process.pid}.1`],
    ])
      writeFileSync(join(folder, `${task}.lock`), holder ?? '')
    removeDeadLocks(folder)
    removeDeadLocks(join(at.path, 'no such app'))
    assert.deepEqual(
      readdirSync(folder).filter((file) => file.endsWith('.lock')),
      ['0_2.lock'],
    )
  })

  it('F1: takes a lock over from a process that is gone', async () => {
    await using at = temporary()
    const folder = folderAt(at.path)
    writeFileSync(join(at.path, 'app', '0_1.lock'), '999999999')
    await hold(folder).release()
  })

  it('F1: gives back what a thread held that ended without doing so, and nothing of another', async () => {
    await using at = temporary()
    const [one, other] = [folderAt(at.path), folderAt(at.path, { thread: 2 })]
    hold(one)
    releaseLocks(appFolder(at.path, 'app'), 2)
    assert.equal(other.hold('0_1'), undefined)
    releaseLocks(appFolder(at.path, 'app'), 1)
    await hold(other).release()
  })

  it('F2: uses nothing again after the machine restarted', async () => {
    await using at = temporary()
    const before = hold(folderAt(at.path, { era: 'yesterday' }))
    open(before).write([[key, Buffer.from('v')]], 9)
    await before.release()
    const folder = folderAt(at.path)
    assert.deepEqual(folder.stored(), [])
    const after = hold(folder)
    assert.equal(open(after).offset, undefined)
    await after.release()
  })

  it('wipes what does not fit its changelog, and begins from nothing', async () => {
    await using at = temporary()
    const held = hold(folderAt(at.path))
    open(held).write([[key, Buffer.from('v')]], 9)
    await held.wipe()
    const engine = open(held)
    assert.deepEqual([engine.get(key), engine.offset], [undefined, undefined])
    await held.release()
  })
})
