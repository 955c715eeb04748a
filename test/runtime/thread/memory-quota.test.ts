import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { heapOfThread, memoryQuotaMiB } from '../../../src/runtime/thread/memory-quota.ts'

const machine = 16 * 1024 ** 3
const none = { cgroup1: '9223372036854771712\n', cgroup2: 'max\n' }

describe('the memory quota of a dyno', () => {
  const cases: readonly (readonly [string, Record<string, string>, readonly string[], number | undefined])[] = [
    ['is what the buildpack says', { MEMORY_AVAILABLE: '512' }, ['1073741824\n'], 512],
    ['is the limit of its control group, of either version', {}, ['536870912\n'], 512],
    ['is the first limit that is one', {}, [none.cgroup2, '1073741824\n'], 1024],
    ['is unknown where nobody limits it', {}, [none.cgroup2, none.cgroup1], undefined],
    ['is unknown where no file is there', {}, [], undefined],
    ['is not what is no number', { MEMORY_AVAILABLE: 'much' }, [''], undefined],
  ]
  for (const [title, env, limits, quota] of cases)
    it(title, () => assert.equal(memoryQuotaMiB(env, limits, machine), quota))

  it('is shared out among threads, and leaves each enough to live', () => {
    assert.deepEqual([heapOfThread(512, 1), heapOfThread(512, 2), heapOfThread(512, 20)], [358, 179, 64])
  })
})
