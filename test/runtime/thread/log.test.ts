import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openLog, readable } from '../../../src/runtime/thread/log.ts'
import { writeWhole } from '../../../src/runtime/thread/write-whole.ts'

describe('the log of a worker', () => {
  it('writes a line of JSON for each thing said: level, time, whose it is, fields, message', () => {
    const lines: string[] = []
    const log = openLog({ dyno: 'worker.1', thread: 2 }, 'info', (line) => lines.push(line))
    log.warn({ reason: 'full', attempt: 1, nothing: undefined }, 'the commit failed')
    const [line = ''] = lines
    const { time } = JSON.parse(line)
    assert.equal(new Date(time).toISOString(), time)
    const rest = '"dyno":"worker.1","thread":2,"reason":"full","attempt":1,"msg":"the commit failed"'
    assert.equal(line, `{"level":"warn","time":"${time}",${rest}}\n`)
  })

  it('says nothing below LOG_LEVEL, and refuses a level that there is not', () => {
    const lines: string[] = []
    const log = openLog({}, 'error', (line) => lines.push(line))
    log.info({}, 'started')
    log.warn({}, 'hot')
    log.error({}, 'died')
    assert.equal(lines.length, 1)
    openLog({}, 'silent', () => assert.fail('said something')).error({}, 'died')
    assert.throws(() => openLog({}, 'loud'), /LOG_LEVEL is loud: set it to one of trace, debug, info/)
  })

  it('is readable where a person looks on', () => {
    const line =
      '{"level":"warn","time":"2026-01-02T12:00:01.000Z","dyno":"worker.1","thread":2,"tasks":[1],"msg":"hot"}'
    assert.equal(readable(line), '12:00:01 warn  worker.1/2 hot tasks=[1]\n')
  })
})

describe('writing a whole line', () => {
  it('goes on where a pipe took a part, or nothing yet', () => {
    const took: string[] = []
    const answers = [3, 0, 1, 100]
    writeWhole(1, 'a line\n', (_, bytes, from) => {
      const wrote = Math.min(answers.shift() ?? 0, bytes.length - from)
      took.push(Buffer.from(bytes.subarray(from, from + wrote)).toString())
      return wrote
    })
    assert.deepEqual(took, ['a l', '', 'i', 'ne\n'])
  })

  it('gives up where nobody reads any more', () => {
    let asked = 0
    writeWhole(1, 'a line\n', () => {
      asked += 1
      return undefined
    })
    assert.equal(asked, 1)
  })
})
