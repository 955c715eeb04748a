import { Client } from './client.ts'
import type { Contender } from './contender.ts'
import { underLoad, type Load, type Measured } from './load.ts'
import { applyOf, createOf } from './stream-apps.ts'

/** POST of StreamApps that are not there yet. */
export async function measureCreates(contender: Contender, namespace: string, load: Load): Promise<Measured> {
  const path = await contender.collection(namespace)
  using client = new Client(contender, load.concurrency)
  return await underLoad(contender, load, (worker, turn) => client.send(createOf(path, `app-${worker}-${turn}`)))
}

/** Server-side applies, each of which changes one field of an object that is there. */
export async function measureApplies(contender: Contender, namespace: string, load: Load): Promise<Measured> {
  const path = await contender.collection(namespace)
  using client = new Client(contender, load.concurrency)
  const apply = (worker: number, turn: number): Promise<Buffer> => client.send(applyOf(path, `app-${worker}`, turn))
  await Promise.all(Array.from({ length: load.concurrency }, (_, worker) => apply(worker, 0)))
  return await underLoad(contender, load, (worker, turn) => apply(worker, turn + 1))
}
