import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/host/system-clock.ts'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import { WireClient } from '../../src/kafka/wire/wire-client.ts'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import { compareTakeover, timeOf } from './compare-takeover.ts'
import type { Dyno } from './dyno.ts'
import { Feeder, type Feed } from './feeder.ts'
import { JavaApp } from './java-app.ts'
import { readTopic } from './read-topic.ts'
import { settle } from './settle.ts'
import type { Tell } from '../run-by-name.ts'
import type { Soak } from './soak.ts'
import { Stage } from './stage.ts'

/** Who runs the app for a while, and how it ends. */
interface Turn {
  readonly by: 'java' | 'weir'
  readonly end: 'stop' | 'kill'
}

export const shortTurns: readonly Turn[] = [
  { by: 'java', end: 'stop' },
  { by: 'weir', end: 'stop' },
  { by: 'java', end: 'stop' },
]

/** Each end before each beginning, on an empty disk and on one with older state. */
const longTurns: readonly Turn[] = [
  { by: 'java', end: 'stop' },
  { by: 'weir', end: 'kill' },
  { by: 'java', end: 'kill' },
  { by: 'weir', end: 'stop' },
  { by: 'java', end: 'stop' },
  { by: 'weir', end: 'stop' },
]

export const soak: Soak = {
  summary: 'Kafka Streams and this runtime take one app with state over from each other; every count must be exact',
  usage: '[--short]',
  async run(args, tell) {
    const { values } = parseArgs({ args: [...args], options: { short: { type: 'boolean' } } })
    const { isSuccess, words, folder } = await runTakeover(values.short === true ? shortTurns : longTurns, tell)
    for (const line of words) tell(`  ${line}`)
    tell(`${isSuccess ? 'SUCCESS' : 'FAILURE'}  takeover`)
    if (folder !== undefined) tell(`the logs are kept in ${folder}`)
    return isSuccess
  },
}

interface TakeoverResult {
  readonly isSuccess: boolean
  readonly words: readonly string[]
  /** Where the logs are kept; undefined after a success. */
  readonly folder: string | undefined
}

const file = join(import.meta.dirname, 'takeover-topology.ts')
const applicationId = 'soak-takeover'
const partitions = 3
const outputs = ['counts', 'windows', 'visits', 'buckets'] as const
const perSecond = 200

const settings = {
  STREAMS_APPLICATION_ID: applicationId,
  STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
  STREAMS_NUM_STREAM_THREADS: '2',
  // Every change is written, so that every one can be compared.
  STREAMS_STATESTORE_CACHE_MAX_BYTES: '0',
  STREAMS_SESSION_TIMEOUT_MS: '6000',
  STREAMS_HEARTBEAT_INTERVAL_MS: '1000',
}

/** Events come all the while; each in turn works on them and ends, and the other goes on under the same application id. */
export async function runTakeover(turns: readonly Turn[], tell: Tell): Promise<TakeoverResult> {
  const topology = await loadTopology(file)
  await using stage = await Stage.open({ file, topology, applicationId, partitions, env: settings })
  const client = new WireClient(stage.address, { clientId: 'soak', clock: systemClock, random: Math.random })
  const firstMs = Date.now() - 3_600_000
  const feeder = new Feeder(client, { topic: 'events', perSecond, next: events(firstMs) })
  try {
    const read = ['events', ...(await stage.createTopics(['events', ...outputs]))]
    feeder.start()
    const last = await takeTurns(stage, turns, tell)
    await feeder.stop()
    const unread = await settle(client, { groupId: applicationId, topics: read, partitions })
    await end(last, { by: 'weir', end: 'stop' }, tell)
    const wrong = unread === undefined ? compareTakeover(firstMs, await readAll(stage)) : [unread]
    return verdict(stage, wrong, [`${feeder.sent} events, ${wrong.length} differences`])
  } catch (error) {
    return verdict(stage, [error instanceof Error ? error.message : String(error)], [])
  } finally {
    await feeder.stop()
    await client.close()
  }
}

function verdict(stage: Stage, wrong: readonly string[], words: readonly string[]): TakeoverResult {
  const isSuccess = wrong.length === 0
  if (!isSuccess) stage.keep()
  return { isSuccess, words: [...words, ...wrong.slice(0, 20)], folder: isSuccess ? undefined : stage.folder }
}

/** Returns the last one, still running. */
async function takeTurns(stage: Stage, turns: readonly Turn[], tell: Tell): Promise<Dyno> {
  const java = await JavaApp.compile(stage, 'takeover')
  const start = ({ by }: Turn): Dyno => (by === 'java' ? java.start('java.1', settings) : stage.startDyno('worker.1'))
  for (const turn of turns.slice(0, -1)) {
    const dyno = start(turn)
    await works(stage, dyno)
    tell(`${dyno.name} counts`)
    await end(dyno, turn, tell)
  }
  const last = start(turns.at(-1) ?? { by: 'weir', end: 'stop' })
  await works(stage, last)
  tell(`${last.name} counts`)
  return last
}

const keys = 50

/** Numbered events in a fixed order: the number says key and time. */
function events(firstMs: number): Feed['next'] {
  let number = 0
  return () => {
    const value = Buffer.alloc(4)
    value.writeInt32BE(number)
    // by a multiplier without common factors: near numbers have different keys
    const key = Buffer.from(`key-${(number * 31) % keys}`)
    const timestamp = timeOf(firstMs, number)
    number += 1
    return { partition: null, key, value, timestamp, headers: [] }
  }
}

const workWithinMs = 120_000
/** Counted in one turn, at least. */
const enough = 600

/** Until it has counted on, beyond what it found. */
async function works(stage: Stage, dyno: Dyno): Promise<void> {
  const before = await stage.endOf('counts')
  const deadline = Date.now() + workWithinMs
  while ((await stage.endOf('counts')) < before + enough) {
    if (dyno.end !== undefined) throw new Error(`${dyno.name} ended (${dyno.end}): ${dyno.lastReason}`)
    if (Date.now() > deadline) throw new Error(`${dyno.name} did not count within ${workWithinMs / 1000} s`)
    await delay(250)
  }
}

/** Throws where it did not end as it was asked to: a JVM that ends by SIGTERM says 143. */
async function end(dyno: Dyno, turn: Turn, tell: Tell): Promise<void> {
  const ended = turn.end === 'kill' ? await dyno.kill() : await dyno.stop()
  tell(`${dyno.name}: ${turn.end === 'kill' ? 'kill -9' : `SIGTERM, and it ended with ${ended}`}`)
  if (turn.end === 'stop' && !['0', '143'].includes(ended))
    throw new Error(`${dyno.name} did not stop cleanly: ${ended}`)
}

/** By kafkajs, so that the client under test is not its own judge. */
async function readAll(stage: Stage) {
  const judge = new KafkajsClient(stage.address, 'soak-judge')
  const read = async (topic: string) => (await readTopic(judge, topic, partitions)).flat()
  try {
    return {
      events: await read('events'),
      counts: await read('counts'),
      windows: await read('windows'),
      visits: await read('visits'),
      buckets: await read('buckets'),
    }
  } finally {
    await judge.close()
  }
}
