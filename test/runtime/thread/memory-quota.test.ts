import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryQuotaMiB, planMemory } from '../../../src/runtime/thread/memory-quota.ts'

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
})

describe('the memory of a dyno', () => {
  const mebibyte = 1024 * 1024
  const [unset, set] = [false, true]
  const cases: readonly {
    readonly says: string
    readonly given: readonly [quotaMiB: number | undefined, threads: number, cacheMiB: number, isSet: boolean]
    readonly heapMiB: number | undefined
    readonly cacheMiB: number
    readonly warning?: RegExp
  }[] = [
    { says: 'of the smallest leaves Java’s cache as it is', given: [512, 1, 10, unset], heapMiB: 351, cacheMiB: 10 },
    { says: 'is shared out among threads', given: [512, 2, 10, unset], heapMiB: 175, cacheMiB: 10 },
    { says: 'of a large one leaves it, too', given: [14_336, 4, 10, unset], heapMiB: 2_507, cacheMiB: 10 },
    { says: 'that is less has a smaller cache', given: [200, 2, 10, unset], heapMiB: 68, cacheMiB: 4 },
    { says: 'has the cache that is set, and less heap', given: [512, 1, 100, set], heapMiB: 288, cacheMiB: 100 },
    { says: 'that nobody limits is V8’s to bound', given: [undefined, 2, 10, unset], heapMiB: undefined, cacheMiB: 10 },
    { says: 'has no cache where none is wanted', given: [200, 1, 0, set], heapMiB: 140, cacheMiB: 0 },
    {
      says: 'is too little for such a cache',
      given: [512, 1, 200, set],
      heapMiB: 218,
      cacheMiB: 200,
      warning: /200 MiB of this dyno's 512: set STREAMS_STATESTORE_CACHE_MAX_BYTES to 161061273 or less/,
    },
    {
      says: 'is too little for so many threads, each of which needs some to live',
      given: [512, 20, 10, unset],
      heapMiB: 64,
      cacheMiB: 10,
      warning: /1280 MiB of this dyno's 512: use fewer threads/,
    },
  ]
  for (const { says, given, heapMiB, cacheMiB, warning } of cases)
    it(says, () => {
      const [quotaMiB, threads, bytesMiB, isSet] = given
      const plan = planMemory(quotaMiB, threads, { bytes: bytesMiB * mebibyte, isSet })
      assert.equal(
        plan.pageBytes,
        quotaMiB === undefined ? undefined : Math.floor((quotaMiB * mebibyte) / 32 / threads),
      )
      assert.deepEqual([plan.heapMiB, plan.cacheBytes / mebibyte], [heapMiB, cacheMiB])
      assert.match(plan.warning ?? '', warning ?? /^$/)
    })
})
