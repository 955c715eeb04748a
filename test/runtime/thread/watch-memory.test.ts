import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anonymousMiB, memoryTeller } from '../../../src/runtime/thread/watch-memory.ts'

describe('the memory of a worker', () => {
  it('is told of when it passes the quota, once, and again only when it had been well below', () => {
    const log: string[] = []
    const say = (fields: object, message: string) => void log.push(`${message.split(':')[0]} ${JSON.stringify(fields)}`)
    const tell = memoryTeller(512, { info: say, warn: say, error: say })
    for (const usedMiB of [500, 512, 513, 600, 511, 470, 461, 460, 512.6]) tell(usedMiB)
    assert.deepEqual(log, [
      'memory is above the quota of this dyno {"usedMiB":513,"quotaMiB":512}',
      'memory is inside the quota of this dyno again {"usedMiB":460,"quotaMiB":512}',
      'memory is above the quota of this dyno {"usedMiB":513,"quotaMiB":512}',
    ])
  })

  it('is what the process holds for itself, without pages of files', () => {
    const status = 'VmRSS:\t  300000 kB\nRssAnon:\t  204800 kB\nRssFile:\t   95200 kB\n'
    assert.equal(anonymousMiB(status), 200)
    assert.equal(anonymousMiB('VmRSS:\t  300000 kB\n'), undefined)
  })
})
