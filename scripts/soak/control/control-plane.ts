import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { chanceFrom } from '../../../src/verify/chance.ts'
import { addKafka, deploy } from '../../../test/support/deploy.ts'
import { ControlStage } from './control-stage.ts'
import { Declarer } from './declarer.ts'
import { faultsOf, whyNotLevel, writesSince } from './judge.ts'
import { UsageError, type Tell } from '../../run-by-name.ts'
import type { Soak } from '../soak.ts'

interface ControlOptions {
  readonly changes: number
  readonly apps: number
  readonly seed: number
  readonly tell: Tell
}

interface ControlVerdict {
  readonly success: boolean
  readonly summary: readonly string[]
  /** Where the logs are kept, after a failure. */
  readonly folder: string | undefined
}

export const soak: Soak = {
  summary:
    'the controller, the API, Postgres and the broker are killed while StreamApps are declared, edited and deleted',
  usage: '[--changes 1000] [--apps 20] [--seed NUMBER]',
  async run(args, tell) {
    const options = { changes: { type: 'string' }, apps: { type: 'string' }, seed: { type: 'string' } } as const
    const { values } = parseArgs({ args: [...args], options })
    const [changes, apps] = [Number(values.changes ?? '1000'), Number(values.apps ?? '20')]
    const seed = Number(values.seed ?? String(Date.now() % 1_000_000))
    if (![changes, apps, seed].every(Number.isSafeInteger) || changes < apps || apps < 1)
      throw new UsageError('changes, apps and seed are whole numbers, and there are at least as many changes as apps')
    tell(`control-plane: ${changes} changes of ${apps} StreamApps, seed ${seed}`)
    const { success, summary, folder } = await runControlPlane({ changes, apps, seed, tell })
    for (const line of summary) tell(`  ${line}`)
    tell(`${success ? 'SUCCESS' : 'FAILURE'}  control-plane, seed ${seed}`)
    if (folder !== undefined) tell(`the logs are kept in ${folder}`)
    return success
  },
}

const levelWithinMs = 300_000
/** Longer than a resync and its spread. */
const silenceMs = 75_000

/**
 * Declares, edits and deletes StreamApps through the API while the controller, the API, Postgres and the broker are
 * killed with -9 in turn. Whatever was acknowledged must be what the world is in the end, and every record still there.
 */
async function runControlPlane(options: ControlOptions): Promise<ControlVerdict> {
  await using stage = await ControlStage.open()
  try {
    return await run(stage, options)
  } catch (error) {
    stage.keep()
    options.tell(`the logs are kept in ${stage.folder}`)
    throw error
  }
}

async function run(stage: ControlStage, { changes, apps, seed, tell }: ControlOptions): Promise<ControlVerdict> {
  const chance = chanceFrom(seed)
  const manifest = await readFile(join(import.meta.dirname, '..', '..', '..', 'manifests', 'word-count.yaml'))
  const declarers = Array.from({ length: apps }, (_, index) => new Declarer(`soak-${index}`, stage.url, manifest))
  for (const { name } of declarers) {
    await deploy(stage.heroku, name, { worker: 'sleep 100000' })
    await addKafka(stage.heroku, name)
  }
  tell(`${apps} apps; the broker, Postgres, two controllers and the API run`)

  for (const declarer of declarers) await declarer.declare(declarer.declared)
  const faults: string[] = [...(await untilLevel(declarers, tell))]
  const marked = await writeMarks(stage)
  tell(`all level; ${marked.size} topics hold a record each`)

  const over = new AbortController()
  const killed = kill(stage, chance, { tell, signal: over.signal })
  await Promise.all(declarers.map((declarer) => edit(declarer, Math.ceil(changes / apps), chance)))
  over.abort()
  const kills = await killed
  const made = declarers.reduce((sum, declarer) => sum + declarer.changes, 0)
  tell(`${made} changes were acknowledged; ${kills.length} kills`)

  faults.push(...(await untilLevel(declarers, tell)))
  const from = stage.heroku.knobs.requests.length
  for (const declarer of declarers) faults.push(...(await faultsOf(declarer, stage)))
  faults.push(...(await lostMarks(stage, marked)))
  tell(`listening for ${silenceMs / 1000} s whether anything is still written`)
  await delay(silenceMs)
  faults.push(...writesSince(stage.heroku, from).map((write) => `written after all was level: ${write}`))
  faults.push(...[...stage.clocks, stage.web].flatMap(({ ownEnds }) => ownEnds))

  if (faults.length > 0) stage.keep()
  const deletions = declarers.reduce((sum, declarer) => sum + declarer.deletions, 0)
  const counted = Object.entries(Object.groupBy(kills, (victim) => victim))
  return {
    success: faults.length === 0,
    summary: [
      `${made} changes acknowledged (${deletions} of them deletions) over ${apps} StreamApps`,
      `kill -9: ${counted.map(([victim, times]) => `${victim} ${times.length}`).join(', ')}`,
      ...faults,
    ],
    folder: faults.length > 0 ? stage.folder : undefined,
  }
}

/** Longest pause between two changes of one StreamApp. */
const pauseMs = 6_000

/** One change after the other, with pauses. */
async function edit(declarer: Declarer, changes: number, chance: () => number): Promise<void> {
  for (let index = 0; index < changes; index += 1) {
    await delay(chance() * pauseMs)
    const { declared } = declarer
    const draw = chance()
    if (draw < 0.04) {
      await declarer.delete()
      await declarer.declare(declared)
    } else if (draw < 0.15 && declared.extraTopics.length < 6) {
      await declarer.declare({ ...declared, extraTopics: [...declared.extraTopics, `extra-${index}`] })
    } else if (draw < 0.6) {
      await declarer.declare({ ...declared, most: 1 + Math.floor(chance() * 3) })
    } else {
      await declarer.declare({ ...declared, commitIntervalMs: 100 + Math.floor(chance() * 10_000) })
    }
  }
}

type Victim = 'the leading controller' | 'both controllers' | 'the API' | 'Postgres' | 'the broker'
const victims: readonly Victim[] = ['the leading controller', 'Postgres', 'the API', 'the broker', 'both controllers']

/** Somebody every ten seconds or so, each in turn, until told to stop; everybody is back when it ends. */
async function kill(
  stage: ControlStage,
  chance: () => number,
  { tell, signal }: { readonly tell: (text: string) => void; readonly signal: AbortSignal },
): Promise<readonly Victim[]> {
  const kills: Victim[] = []
  for (;;) {
    try {
      await delay(6_000 + chance() * 8_000, undefined, { signal })
    } catch {
      return kills
    }
    const victim = victims[kills.length % victims.length] ?? 'Postgres'
    kills.push(victim)
    tell(`kill -9: ${victim}`)
    await killOne(stage, victim, chance() * 3_000)
  }
}

async function killOne(stage: ControlStage, victim: Victim, awayMs: number): Promise<void> {
  switch (victim) {
    case 'the broker':
      return stage.killBrokerFor(awayMs)
    case 'Postgres':
      return stage.postgres.killFor(awayMs)
    case 'the API':
      return stage.web.kill()
    case 'both controllers':
      return stage.clocks.forEach((clock) => clock.kill())
    case 'the leading controller':
      // Whoever leads: the other takes over, and one of the two is it.
      return stage.clocks[Math.floor(awayMs) % 2]?.kill()
  }
}

/** What did not become level in time, and why. */
async function untilLevel(declarers: readonly Declarer[], tell: (text: string) => void): Promise<readonly string[]> {
  const startedMs = Date.now()
  for (;;) {
    const objects = await Promise.all(declarers.map((declarer) => declarer.get()))
    const waiting = declarers.flatMap(({ name }, index) => {
      const why = whyNotLevel(objects[index])
      return why === undefined ? [] : [`${name}: ${why}`]
    })
    if (waiting.length === 0) {
      tell(`all Ready after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`)
      return []
    }
    if (Date.now() - startedMs > levelWithinMs)
      return waiting.map((each) => `not Ready within ${levelWithinMs / 1000} s: ${each}`)
    await delay(500)
  }
}

/** A record in each topic that is a person's own: what keeps it was never deleted. */
async function writeMarks(stage: ControlStage): Promise<ReadonlySet<string>> {
  const names = (await stage.broker.topics()).map(({ name }) => name)
  const own = names.filter((name) => /\.(lines|word-counts)$/.test(name))
  await withKafka(stage, async (kafka) => {
    const producer = kafka.producer()
    await producer.connect()
    const messages = [{ key: 'mark', value: 'mark', partition: 0 }]
    await producer.sendBatch({ topicMessages: own.map((topic) => ({ topic, messages })) })
    await producer.disconnect()
  })
  return new Set(own)
}

async function lostMarks(stage: ControlStage, marked: ReadonlySet<string>): Promise<readonly string[]> {
  const lost: string[] = []
  await withKafka(stage, async (kafka) => {
    const admin = kafka.admin()
    await admin.connect()
    for (const topic of marked) {
      const offsets = await admin.fetchTopicOffsets(topic).catch(() => [])
      const first = offsets.find(({ partition }) => partition === 0)
      if (first === undefined || Number(first.high) < 1) lost.push(`${topic} lost its record`)
    }
    await admin.disconnect()
  })
  return lost
}

async function withKafka(stage: ControlStage, work: (kafka: Kafka) => Promise<void>): Promise<void> {
  await work(
    new Kafka({ brokers: [`127.0.0.1:${stage.broker.ports.plaintext}`], clientId: 'soak', logLevel: logLevel.NOTHING }),
  )
}
