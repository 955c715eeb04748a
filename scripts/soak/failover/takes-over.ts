import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import type { Dyno } from '../dyno.ts'
import { Feeder } from '../feeder.ts'
import type { JavaApp } from '../java-app.ts'
import type { Guarantee } from '../judge.ts'
import type { Tell } from '../../run-by-name.ts'
import type { Stage } from '../stage.ts'
import { fillChangelog, keyOf, texts } from './fill-changelog.ts'
import { OutputWatch } from './output-watch.ts'
import { until } from '../../../test/support/until.ts'

export interface FailoverCase {
  readonly by: 'weir' | 'java'
  readonly guarantee: Guarantee
  readonly standbys: 0 | 1
}

export interface Failover extends FailoverCase {
  /** From `kill -9` until a reader of committed records sees one of an input record that came after it. */
  readonly failoverMs: number
  /** From its start until the first dyno, which had to restore everything, had its first output seen. */
  readonly startMs: number
  /** Peak memory of the dyno that took over: VmHWM of Linux. */
  readonly peakMiB: number
}

export interface Around {
  readonly stage: Stage
  readonly java: JavaApp
  readonly client: StreamClient
  /** In the store: 1,000 bytes each. */
  readonly records: number
  readonly tell: Tell
}

export const sessionTimeoutMs = 10_000
const perSecond = 50
const withinMs = 300_000

/** One kill: two dynos, one task with all the state, on the dyno that dies. */
export async function takesOver(one: FailoverCase, applicationId: string, around: Around): Promise<Failover> {
  const { stage, client, records, tell } = around
  const changelog = `${applicationId}-latest-changelog`
  await createTopics(stage, changelog)
  await fillChangelog(client, changelog, records)
  const watch = new OutputWatch(client, 'seen')
  const feeder = new Feeder(client, { topic: 'orders', perSecond, next: orders(records) })
  const settings = settingsOf(one, applicationId)
  const start = (name: string): Dyno =>
    one.by === 'java'
      ? around.java.start(name, settings)
      : stage.startDyno(name, { ...settings, KAFKA_URL: `kafka://${stage.plaintext}` })
  try {
    feeder.start()
    const [startedMs, first] = [Date.now(), start('worker.1')]
    const startMs = (await inTime(watch.seenAfter(startedMs), 'the first output')) - startedMs
    const second = start('worker.2')
    await until(() => isReady(second, one), `${second.name} in its place`, { withinMs, everyMs: 50 })
    await inTime(watch.seenAfter(Date.now()), 'output with two dynos')
    const killedMs = Date.now()
    await first.kill()
    const failoverMs = (await inTime(watch.seenAfter(killedMs), 'the first output after the kill')) - killedMs
    const peakMiB = await peakOf(second.pid)
    tell(`${nameOf(one)}: ${failoverMs} ms; started in ${startMs} ms; ${peakMiB} MiB at most`)
    await second.stop()
    return { ...one, failoverMs, startMs, peakMiB }
  } finally {
    await feeder.stop()
    await watch.close()
    for (const topic of ['orders', 'seen', changelog]) await stage.broker.deleteTopic(topic)
    for (const name of ['worker.1', 'worker.2']) await stage.wipe(name)
  }
}

const nameOf = ({ by, guarantee, standbys }: FailoverCase): string =>
  `${by}, ${guarantee}, ${standbys === 0 ? 'no standby' : '1 standby'}`

/** The same for both. Commits are as frequent under either guarantee, and every change is written at once. */
const settingsOf = ({ guarantee, standbys }: FailoverCase, applicationId: string) => ({
  STREAMS_APPLICATION_ID: applicationId,
  STREAMS_PROCESSING_GUARANTEE: guarantee,
  STREAMS_NUM_STANDBY_REPLICAS: String(standbys),
  STREAMS_COMMIT_INTERVAL_MS: '100',
  STREAMS_STATESTORE_CACHE_MAX_BYTES: '0',
  STREAMS_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
  STREAMS_HEARTBEAT_INTERVAL_MS: '3000',
})

/** With standbys: it has followed the changelog to its end. Without: it is a member of the group. */
function isReady(dyno: Dyno, { by, standbys }: FailoverCase): boolean {
  if (by === 'java') return standbys === 0 ? dyno.said('empty') > 0 : dyno.said('caughtup') > 0
  return dyno.said(standbys === 0 ? 'joined the group' : 'a standby store caught up with its changelog') > 0
}

async function createTopics(stage: Stage, changelog: string): Promise<void> {
  const partitions = 1
  for (const name of ['orders', 'seen'])
    await stage.broker.createTopic({ name, partitions, config: { cleanupPolicy: 'delete', retentionMs: null } })
  await stage.broker.createTopic({
    name: changelog,
    partitions,
    config: { cleanupPolicy: 'compact', retentionMs: null },
  })
}

function orders(records: number) {
  const next = texts()
  let number = 0
  return () => {
    number = (number + 7_919) % records
    return { partition: 0, key: keyOf(number), value: next(), timestamp: Date.now(), headers: [] }
  }
}

async function inTime(promise: Promise<number>, what: string): Promise<number> {
  const timer = new AbortController()
  const late = delay(withinMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not within ${withinMs / 1000} s: ${what}`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    late.catch(() => undefined)
    timer.abort()
  }
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024)
}
