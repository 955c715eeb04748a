import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/host/system-clock.ts'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import { WireClient } from '../../src/kafka/wire/wire-client.ts'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import { chanceFrom } from '../../src/verify/chance.ts'
import { compareOutcome } from './compare.ts'
import { Faults } from './faults.ts'
import { Feeder, type Feed } from './feeder.ts'
import { readTopic } from './read-topic.ts'
import { settle } from './settle.ts'
import { UsageError, type Tell } from '../run-by-name.ts'
import type { Soak } from './soak.ts'
import { Stage } from './stage.ts'

interface EosOptions {
  readonly seconds: number
  readonly seed: number
  readonly perSecond: number
  readonly tell: Tell
}

interface EosResult {
  readonly success: boolean
  readonly summary: readonly string[]
  /** Where the logs are kept; undefined after a success. */
  readonly folder: string | undefined
}

export const soak: Soak = {
  summary: 'three dynos under exactly-once, killed, frozen, wiped, the broker bounced: every output record compared',
  usage: '[--minutes 10] [--seed NUMBER]',
  async run(args, tell) {
    const { values } = parseArgs({
      args: [...args],
      options: { minutes: { type: 'string' }, seed: { type: 'string' } },
    })
    const minutes = Number(values.minutes ?? '10')
    const seed = Number(values.seed ?? String(Date.now() % 1_000_000))
    if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new UsageError('minutes and seed are numbers')
    tell(`eos: ${minutes} minutes, seed ${seed}`)
    const { success, summary, folder } = await runEos({ seconds: minutes * 60, seed, perSecond: 300, tell })
    for (const line of summary) tell(`  ${line}`)
    tell(`${success ? 'SUCCESS' : 'FAILURE'}  eos, seed ${seed}`)
    if (folder !== undefined) tell(`the logs are kept in ${folder}`)
    return success
  },
}

const file = join(import.meta.dirname, 'eos-topology.ts')
const partitions = 6
const sessionTimeoutMs = 6_000
const applicationId = 'soak-eos'
const dynos = ['worker.1', 'worker.2', 'worker.3']

/** Three dynos under exactly-once while things break, then every committed record against the committed input. */
export async function runEos(options: EosOptions): Promise<EosResult> {
  await using stage = await Stage.open({
    file,
    topology: await loadTopology(file),
    applicationId,
    partitions,
    env: {
      STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
      STREAMS_NUM_STREAM_THREADS: '2',
      STREAMS_NUM_STANDBY_REPLICAS: '1',
      // Every change is written, so that every one can be compared.
      STREAMS_STATESTORE_CACHE_MAX_BYTES: '0',
      STREAMS_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
      STREAMS_HEARTBEAT_INTERVAL_MS: '1000',
    },
  })
  try {
    const verdict = await disturb(stage, options)
    if (!verdict.success) stage.keep()
    return { ...verdict, folder: verdict.success ? undefined : stage.folder }
  } catch (error) {
    stage.keep()
    return { success: false, summary: [error instanceof Error ? error.message : String(error)], folder: stage.folder }
  }
}

type Verdict = Omit<EosResult, 'folder'>

async function disturb(stage: Stage, { seconds, seed, perSecond, tell }: EosOptions): Promise<Verdict> {
  const repartition = await stage.createTopics(['orders', 'copies', 'sums', 'buckets'])
  const random = chanceFrom(seed)
  const client = new WireClient(stage.address, { clientId: 'soak', clock: systemClock, random: Math.random })
  const faults = new Faults({ stage, random, tell, sessionTimeoutMs })
  const feeder = new Feeder(client, { topic: 'orders', perSecond, next: orders(chanceFrom(seed + 1)) })
  try {
    for (const dyno of dynos) faults.start(dyno)
    feeder.start()
    const endMs = Date.now() + seconds * 1000
    await delay(Math.min(15_000, (seconds * 1000) / 4))
    while (Date.now() < endMs) {
      faults.begin()
      await delay(3_000 + random() * 9_000)
    }
    await faults.over()
    await feeder.stop()
    tell(`${feeder.sent} orders sent; waiting until all of them are counted and committed`)
    const unread = await settle(client, { groupId: applicationId, topics: ['orders', ...repartition], partitions })
    if (unread !== undefined) return { success: false, summary: [unread, ...lastWords(faults)] }
    const ends = await faults.stopAll()
    const verdict = await compareAll(stage)
    const unclean = ends.filter((end) => !end.endsWith(' 0')).map((end) => `did not stop cleanly: ${end}`)
    const told = [...verdict.summary, toldFaults(faults), ...unclean]
    return { success: verdict.success && unclean.length === 0, summary: told }
  } finally {
    await client.close()
  }
}

const keys = 500

/** Orders of chance, without end. */
function orders(random: () => number): Feed['next'] {
  return () => {
    const key = Buffer.from(`key-${Math.floor(random() * keys)}`)
    const value = Buffer.alloc(4)
    value.writeInt32BE(Math.floor(random() * 10_000))
    return { partition: null, key, value, timestamp: Date.now(), headers: [] }
  }
}

/** By kafkajs, so that the client under test is not its own judge. */
async function compareAll(stage: Stage): Promise<Verdict> {
  const judge = new KafkajsClient(stage.address, 'soak-judge')
  try {
    const outcome = {
      orders: await readTopic(judge, 'orders', partitions),
      copies: await readTopic(judge, 'copies', partitions),
      sums: await readTopic(judge, 'sums', partitions),
      buckets: await readTopic(judge, 'buckets', partitions),
    }
    const wrong = compareOutcome(outcome)
    const counts = Object.entries(outcome).map(([topic, read]) => `${read.flat().length} ${topic}`)
    return {
      success: wrong.length === 0,
      summary: [`${counts.join(', ')}: every one compared, ${wrong.length} wrong`, ...wrong.slice(0, 20)],
    }
  } finally {
    await judge.close()
  }
}

const toldFaults = ({ counts, ownEnds }: Faults): string =>
  `faults: ${[...counts].map(([fault, times]) => `${times} × ${fault}`).join(', ')}; dynos that ended by themselves: ${ownEnds.length}`

const lastWords = ({ dynos: all }: Faults): readonly string[] =>
  all.map(({ name, end, lastReason }) => `${name} (${end ?? 'running'}): ${lastReason || 'no trouble told'}`)
