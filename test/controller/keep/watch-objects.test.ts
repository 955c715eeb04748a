import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { watchObjects } from '../../../src/controller/keep/watch-objects.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { ControlRecord, Write } from '../../../src/record/record.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const atOnce = { changesMs: 0, eventsMs: 0, auditMs: 0 }

describe('watchObjects', () => {
  it('lists what is there, then tells each change of its kind as it happens', async () => {
    const { clock, record, heard, start } = stage()
    await record.write([put('a'), put('b', 'GitSource')])
    start()
    await clock.pass(1)
    await record.write([put('c'), put('d', 'GitSource'), remove('a')])
    await clock.pass(1)

    assert.deepEqual(heard, ['list a', 'added c', 'removed a'])
  })

  it('lists again at once where changes are forgotten', async () => {
    const { clock, record, heard, start } = stage()
    start()
    await clock.pass(1)
    await Promise.all([record.write([put('a'), put('b')]), record.forget(atOnce)])
    await clock.pass(1)

    assert.deepEqual(heard, ['list ', 'list a b'])
  })

  it('goes on where it stood when the record was out of reach', async () => {
    const { clock, record, heard, start, cut } = stage()
    start()
    await clock.pass(1)
    cut(true)
    await record.write([put('a')])
    await clock.pass(1)
    cut(false)
    await record.write([put('b')])
    await clock.pass(10_000)

    assert.deepEqual(heard, ['list ', 'out of reach', 'added a', 'added b'])
  })

  it('finds within ten seconds what it was not told of', async () => {
    const { clock, record, heard, start } = stage({ isDeaf: true })
    start()
    await clock.pass(1)
    await record.write([put('a')])
    await clock.pass(10_000)

    assert.deepEqual(heard, ['list ', 'added a'])
  })
})

interface Stage {
  readonly clock: VirtualClock
  readonly record: ControlRecord
  readonly heard: string[]
  readonly start: () => void
  readonly cut: (isCut: boolean) => void
}

function stage({ isDeaf = false } = {}): Stage {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  const heard: string[] = []
  let isCut = false
  const reach = <T>(ask: () => Promise<T>): Promise<T> => (isCut ? Promise.reject(new Error('down')) : ask())
  const start = (): void => {
    void watchObjects(
      'StreamApp',
      {
        record: {
          list: (kind) => reach(() => record.list(kind)),
          changesSince: (version, limit) => reach(() => record.changesSince(version, limit)),
          onWrite: (listener, signal) => (isDeaf ? undefined : record.onWrite(listener, signal)),
        },
        clock,
        onList: (objects) => heard.push(`list ${objects.map(({ key }) => key.name).join(' ')}`),
        onChange: ({ kind, object }) => heard.push(`${kind} ${object.key.name}`),
        onUnreachable: () => heard.push('out of reach'),
      },
      new AbortController().signal,
    )
  }
  return { clock, record, heard, start, cut: (value) => void (isCut = value) }
}

function put(name: string, kind = 'StreamApp'): Write {
  return { kind: 'put', key: { kind, namespace: 'default', name }, body: {}, expected: 'any', actor: 'test' }
}

function remove(name: string): Write {
  return { kind: 'remove', key: { kind: 'StreamApp', namespace: 'default', name }, expected: 'any', actor: 'test' }
}
