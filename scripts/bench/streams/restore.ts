import { setTimeout as delay } from 'node:timers/promises'
import { changelogOf, outputOf, type Arena, type Side } from './arena.ts'
import type { Peaks } from './contender.ts'
import { held, partitions } from './input.ts'

/** In which order the keys lie on the changelog: a store of its own order likes the one better than the other. */
export type KeyOrder = 'keys in order' | 'keys in no order'

export interface Restored extends Peaks {
  readonly perSecond: number
  readonly perCpuSecond: number
}

/** How each side says that it begins with a store of a task, and that it is done with one. */
const words: Readonly<Record<Side, { readonly begins: RegExp; readonly ends: RegExp }>> = {
  ours: { begins: /"missing":[1-9]\d*,.*"opened a task"/, ends: /"restored a store from its changelog"/ },
  java: { begins: /^restore begins/, ends: /^restore ends/ },
}

const withinMs = 180_000

export interface Restoring {
  /** Each with a key of its own. */
  readonly records: number
  readonly order: KeyOrder
}

/** Has no divisor that a number of records is likely to have, so that each key comes once. */
const stride = 48_271

/** A worker with an empty disk and a changelog that is full: from its first word of restoring to its last. */
export async function measureRestore(arena: Arena, side: Side, { records, order }: Restoring): Promise<Restored> {
  const keyOf = (index: number): number => (order === 'keys in order' ? index : (index * stride) % records)
  const record = (index: number) => held(keyOf(index))
  const applicationId = `${side}-restore-${Date.now() % 1e6}`
  const topics = [outputOf(applicationId), changelogOf(applicationId)]
  await arena.createTopic(outputOf(applicationId))
  await arena.load({ topic: changelogOf(applicationId), records, record, fromMs: Date.now() - 86_400_000 })
  const marks: { readonly atMs: number; readonly cpuMs: number; readonly isEnd: boolean }[] = []
  const contender = arena.enter({
    side,
    what: 'restore',
    guarantee: 'at_least_once',
    way: 'plaintext',
    applicationId,
    hear: (line) => {
      const isEnd = words[side].ends.test(line)
      if (!isEnd && !words[side].begins.test(line)) return
      marks.push({ atMs: performance.now(), cpuMs: contender.usage().cpuMs, isEnd })
    },
  })
  try {
    while (marks.filter(({ isEnd }) => isEnd).length < partitions) {
      if (performance.now() - contender.startedMs > withinMs) throw new Error(`${applicationId} did not restore`)
      contender.usage()
      await delay(20)
    }
    const [first] = marks
    const last = marks.at(-1)
    if (first === undefined || last === undefined || first.isEnd)
      throw new Error(`${applicationId} did not say when it began`)
    return {
      perSecond: Math.round((records / (last.atMs - first.atMs)) * 1000),
      perCpuSecond: Math.round((records / (last.cpuMs - first.cpuMs)) * 1000),
      ...contender.peaks(),
    }
  } finally {
    await contender.end()
    await arena.forgetState(applicationId)
    for (const topic of topics) await arena.deleteTopic(topic)
  }
}
