import { setTimeout as delay } from 'node:timers/promises'
import { Client } from './client.ts'
import type { Contender } from './contender.ts'
import { applyOf } from './stream-apps.ts'
import { Watcher, type WatchedEvent } from './watcher.ts'
import { until } from '../../../test/support/until.ts'

export interface FanOut {
  /** From sending a write to each watcher's having its event, in ms. */
  readonly latencies: readonly number[]
  /** Each write at each watcher: how long after the client had its answer; below zero where before. */
  readonly afterAnswer: readonly number[]
}

interface Write {
  readonly sentAtMs: number
  readonly answeredAtMs: number
}

export interface Course {
  readonly watchers: number
  readonly writes: number
  /** Between two writes; a slow answer does not hold up the next write. */
  readonly everyMs: number
}

const objects = 32
const patienceMs = 60_000

/** Applies at an even pace, and watchers of them all. Throws unless each watcher has each of them, once and in order. */
export async function measureFanOut(
  contender: Contender,
  namespace: string,
  { watchers: count, writes: total, everyMs }: Course,
): Promise<FanOut> {
  const path = await contender.collection(namespace)
  using client = new Client(contender, 64)
  const names = Array.from({ length: objects }, (_, index) => `app-${index}`)
  await Promise.all(names.map((name) => client.send(applyOf(path, name, 0))))
  const { metadata }: { metadata: { resourceVersion: string } } = JSON.parse(
    String(await client.send({ method: 'GET', path })),
  )
  const watchers = await Promise.all(
    Array.from({ length: count }, () => Watcher.open(contender, path, metadata.resourceVersion)),
  )
  try {
    const writes = new Map<string, Write>()
    const write = async (turn: number): Promise<void> => {
      const sentAtMs = performance.now()
      const answer = await client.send(applyOf(path, names[turn % objects] ?? '', turn + 1))
      const answeredAtMs = performance.now()
      const written: { metadata: { name: string; resourceVersion: string } } = JSON.parse(String(answer))
      writes.set(`${written.metadata.name} ${written.metadata.resourceVersion}`, { sentAtMs, answeredAtMs })
    }
    const begun = performance.now()
    const writing: Promise<void>[] = []
    for (let turn = 0; turn < total; turn += 1) {
      await delay(Math.max(0, begun + turn * everyMs - performance.now()))
      writing.push(write(turn))
    }
    await Promise.all(writing)
    await untilAllSaw(watchers, total)
    return latenciesOf(watchers, writes)
  } finally {
    for (const watcher of watchers) watcher.close()
  }
}

async function untilAllSaw(watchers: readonly Watcher[], events: number): Promise<void> {
  const seeAll = () => watchers.every(({ count }) => count >= events)
  await until(seeAll, 'every watcher to see every event', { withinMs: patienceMs, everyMs: 50 })
}

function latenciesOf(watchers: readonly Watcher[], writes: ReadonlyMap<string, Write>): FanOut {
  const seen = watchers.map((watcher) => exactly(watcher.events(), writes))
  return {
    latencies: seen.flatMap((pairs) => pairs.map(([event, { sentAtMs }]) => event.atMs - sentAtMs)),
    afterAnswer: seen.flatMap((pairs) => pairs.map(([event, { answeredAtMs }]) => event.atMs - answeredAtMs)),
  }
}

/** The events of one watcher with their writes: all of them, none twice, in the order of their versions. */
function exactly(
  events: readonly WatchedEvent[],
  writes: ReadonlyMap<string, Write>,
): readonly [WatchedEvent, Write][] {
  if (events.length !== writes.size) throw new Error(`${events.length} events of ${writes.size} writes`)
  let last = 0
  return events.map((event) => {
    const written = writes.get(`${event.name} ${event.version}`)
    if (event.type !== 'MODIFIED' || written === undefined) throw new Error(`nobody wrote ${JSON.stringify(event)}`)
    if (Number(event.version) <= last) throw new Error(`out of order: ${event.version} after ${last}`)
    last = Number(event.version)
    return [event, written]
  })
}
