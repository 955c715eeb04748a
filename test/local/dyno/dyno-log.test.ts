import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDynoLog } from '../../../src/local/dyno/dyno-log.ts'
import type { LogLine } from '../../../src/local/dyno/dyno-manager.ts'

const line = (text: string, own: Partial<LogLine> = {}): LogLine => ({
  at: new Date(0),
  source: 'app',
  dyno: 'worker.1',
  text,
  ...own,
})

describe('the log of an app', () => {
  it('keeps the last 1,500 lines', () => {
    const log = createDynoLog()
    for (let number = 1; number <= 1_600; number += 1) log.write(line(`${number}`))
    assert.equal(log.lines({}).length, 1_500)
    assert.equal(log.lines({})[0]?.text, '101')
    assert.deepEqual(
      log.lines({ count: 2 }).map(({ text }) => text),
      ['1599', '1600'],
    )
  })

  it('answers by source, by dyno and by process type', () => {
    const log = createDynoLog()
    log.write(line('a'))
    log.write(line('b', { source: 'heroku' }))
    log.write(line('c', { dyno: 'worker.10' }))
    log.write(line('d', { dyno: 'workers.1' }))
    const texts = (filter: Parameters<typeof log.lines>[0]): string =>
      log
        .lines(filter)
        .map(({ text }) => text)
        .join('')
    assert.equal(texts({ source: 'heroku' }), 'b')
    assert.equal(texts({ dyno: 'worker.1' }), 'ab')
    assert.equal(texts({ dyno: 'worker' }), 'abc')
    assert.equal(texts({ count: 0 }), '')
  })

  it('tells a follower of what it asked for, until it has had enough', () => {
    const log = createDynoLog()
    const heard: string[] = []
    const enough = new AbortController()
    log.write(line('before'))
    log.follow({ source: 'app' }, ({ text }) => heard.push(text), enough.signal)
    log.write(line('one'))
    log.write(line('not for you', { source: 'heroku' }))
    enough.abort()
    log.write(line('after'))
    assert.deepEqual(heard, ['one'])
  })
})
