import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deaf } from '../../../src/runtime/thread/run-thread.ts'
import { StartGate } from '../../../src/runtime/thread/start-gate.ts'

const data = {
  file: 'app.ts',
  env: { A: '1' },
  start: 'some',
  logLevel: 'info',
  pageBytes: undefined,
  endsApplication: false,
}
const begun = { listener: deaf, env: { PORT: '7' } }
const running = new AbortController().signal

describe('the gate before the group', () => {
  it('has the first thread look and the others wait, and opens for all when a worker can run', async () => {
    let begins = 0
    const gate = new StartGate(async () => {
      begins += 1
      return begun
    }, running)
    assert.deepEqual([gate.dataFor(1, data).before, gate.dataFor(2, data).before, gate.isOpen], ['look', 'wait', false])
    gate.looked({ kind: 'fit' })
    assert.equal(await gate.opened, begun)
    assert.deepEqual([gate.isOpen, begins, gate.refusal], [true, 1, undefined])
  })

  it('tells a thread that comes later what the first were told, and has it wait for nothing', async () => {
    const gate = new StartGate(async () => begun, running)
    gate.looked({ kind: 'fit' })
    await gate.opened
    const { before, env } = gate.dataFor(1, data)
    assert.deepEqual({ before, env }, { before: 'nothing', env: { A: '1', PORT: '7' } })
  })

  it('stays shut where a worker cannot run, and keeps why', async () => {
    const gate = new StartGate(() => assert.fail('began'), running)
    gate.looked({ kind: 'refused', reason: 'topic lines is not there' })
    gate.looked({ kind: 'fit' })
    assert.equal(await gate.opened, undefined)
    assert.deepEqual(gate.refusal, { kind: 'refused', reason: 'topic lines is not there' })
  })

  it('stays shut where a thread ended before anything was found, whatever is found later', async () => {
    const gate = new StartGate(() => assert.fail('began'), running)
    gate.threadEnded()
    gate.looked({ kind: 'fit' })
    assert.equal(await gate.opened, undefined)
    assert.equal(gate.refusal, undefined)
  })

  it('has found nothing out where the worker was told to stop meanwhile', async () => {
    const stop = new AbortController()
    const gate = new StartGate(() => assert.fail('began'), stop.signal)
    stop.abort()
    gate.looked({ kind: 'unreachable', reason: 'no broker answered' })
    assert.equal(await gate.opened, undefined)
    assert.equal(gate.refusal, undefined)
  })

  it('fails with what kept it from opening', async () => {
    const gate = new StartGate(() => Promise.reject(new Error('the port is taken')), running)
    gate.looked({ kind: 'fit' })
    await assert.rejects(gate.opened, /the port is taken/)
    assert.equal(gate.isOpen, false)
  })
})
