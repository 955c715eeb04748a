import { setTimeout as delay } from 'node:timers/promises'
import { unreachable } from '../../../src/base/unreachable.ts'
import { chanceFrom } from '../../../src/verify/chance.ts'
import type { Tell } from '../../run-by-name.ts'
import { Client } from './ask.ts'
import { Informer } from './informer.ts'
import { judge, type Verdict } from './judge.ts'
import { Plane } from './plane.ts'
import { Writer } from './writer.ts'

export interface ApiSoakOptions {
  readonly restarts: number
  readonly seed: number
  readonly watchers: number
  readonly tell: Tell
}

const path = '/api/v1/namespaces/default/configmaps'
const writers = 4
const load = { objects: 50, pauseMs: 25 }
/** From the end of the last fault until every watcher must have seen everything. */
const settleWithinMs = 30_000

const faults = ['web SIGKILL', 'postgres clean', 'both', 'web SIGTERM', 'postgres crash'] as const

/** A web dyno and its Postgres restart under writes, with watches open; then every watcher's set against the list. */
export async function soakApi({ restarts, seed, watchers, tell }: ApiSoakOptions): Promise<Verdict> {
  const plane = await Plane.start()
  const clients = Array.from({ length: watchers }, () => new Client(plane.url, plane.token))
  const informers = clients.map((client) => new Informer(client, path))
  const hands = Array.from({ length: writers }, () => new Client(plane.url, plane.token))
  const writing = hands.map((client, id) => new Writer(client, path, id))
  const [watchEnd, writeEnd] = [new AbortController(), new AbortController()]
  try {
    const watched = informers.map((informer) => informer.run(watchEnd.signal))
    const written = writing.map((writer) => writer.run(load, writeEnd.signal))
    await breakThings(plane, writing, { restarts, seed, tell })
    writeEnd.abort()
    await Promise.all(written)
    const summary = await judge({
      client: hands[0] ?? new Client(plane.url, plane.token),
      path,
      informers,
      writing,
      settleWithinMs,
    })
    watchEnd.abort()
    await Promise.all(watched)
    return summary
  } finally {
    writeEnd.abort()
    watchEnd.abort()
    for (const client of [...clients, ...hands]) client.close()
    await plane.close()
  }
}

/** Each thing breaks while it is in full use, and is back in full use before the next one does. */
async function breakThings(
  plane: Plane,
  writing: readonly Writer[],
  { restarts, seed, tell }: Pick<ApiSoakOptions, 'restarts' | 'seed' | 'tell'>,
): Promise<void> {
  const chance = chanceFrom(seed)
  await busy(writing)
  for (let count = 0; count < restarts; count += 1) {
    await delay(chance() * 1_000)
    const fault = faults[count % faults.length] ?? 'both'
    tell(`restart: ${fault}`)
    await breakOne(plane, fault)
    await busy(writing)
  }
}

/** Until each writer was told of ten more writes. */
async function busy(writing: readonly Writer[]): Promise<void> {
  const enough = writing.map(({ acknowledged }) => acknowledged + 10)
  const until = performance.now() + settleWithinMs
  while (writing.some(({ acknowledged }, index) => acknowledged < (enough[index] ?? 0))) {
    if (performance.now() > until) throw new Error(`no write was acknowledged within ${settleWithinMs / 1000} s`)
    await delay(50)
  }
}

async function breakOne(plane: Plane, fault: (typeof faults)[number]): Promise<void> {
  switch (fault) {
    case 'web SIGKILL':
      return plane.restartWeb('SIGKILL')
    case 'web SIGTERM':
      return plane.restartWeb('SIGTERM')
    case 'postgres crash':
      return plane.restartPostgres('crash')
    case 'postgres clean':
      return plane.restartPostgres('clean')
    case 'both':
      await Promise.all([plane.restartPostgres('crash'), plane.restartWeb('SIGKILL')])
      return
    default:
      return unreachable(fault)
  }
}
