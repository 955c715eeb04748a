import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import type { Dyno } from './dyno.ts'
import { startJudge, type Guarantee, type Judge } from './judge.ts'
import { Stage } from './stage.ts'

export interface SmokeCase {
  readonly guarantee: Guarantee
  /** How dynos are ended while the work goes on. */
  readonly end: 'stop' | 'kill'
}

export const smokeCases: readonly SmokeCase[] = [
  { guarantee: 'at_least_once', end: 'stop' },
  { guarantee: 'at_least_once', end: 'kill' },
  { guarantee: 'exactly_once_v2', end: 'stop' },
  { guarantee: 'exactly_once_v2', end: 'kill' },
]

export const nameOf = ({ guarantee, end }: SmokeCase): string =>
  `${guarantee}, ${end === 'kill' ? 'kill -9' : 'clean stop'}`

const file = join(import.meta.dirname, '..', '..', 'examples', 'smoke-test', 'topology.ts')

const userTopics = 'data fk echo max min min-suppressed min-raw dif sum sws-raw sws-suppressed cnt avg tagg'.split(' ')

/** What Kafka's system test sets. Where ours has no such setting the topics are made to fit it. */
const settings = {
  STREAMS_NUM_STREAM_THREADS: '3',
  STREAMS_NUM_STANDBY_REPLICAS: '2',
  STREAMS_BUFFERED_RECORDS_PER_PARTITION: '100',
  STREAMS_COMMIT_INTERVAL_MS: '1000',
  STREAMS_AUTO_OFFSET_RESET: 'earliest',
  STREAMS_ACCEPTABLE_RECOVERY_LAG: String(Number.MAX_SAFE_INTEGER),
  STREAMS_SESSION_TIMEOUT_MS: '10000',
}

export interface SmokeResult {
  readonly success: boolean
  /** What the verifier said, from its verdict on. */
  readonly verdict: readonly string[]
  /** Where the logs are kept; undefined after a success. */
  readonly folder: string | undefined
}

/** Beyond this a run is lost: writing takes 90 s, verifying 6 minutes at most. */
const judgeWithinMs = 12 * 60_000

/** One run: each of three dynos is started, and ended as soon as it works; another one takes over. */
export async function runSmoke(smokeCase: SmokeCase, tell: (text: string) => void): Promise<SmokeResult> {
  await using stage = await Stage.open({
    file,
    topology: await loadTopology(file),
    applicationId: 'SmokeTest',
    partitions: 5,
    env: { ...settings, STREAMS_PROCESSING_GUARANTEE: smokeCase.guarantee },
  })
  await stage.createTopics(userTopics)
  const judge = await startJudge(stage.plaintext, smokeCase.guarantee, stage.folder)
  const giveUp = setTimeout(() => judge.end(), judgeWithinMs)
  try {
    const trouble = await disturb(stage, judge, { smokeCase, tell })
    if (trouble === undefined) await judge.ended
    const success = trouble === undefined && judge.lines.includes('SUCCESS')
    if (!success) stage.keep()
    return {
      success,
      verdict: trouble === undefined ? verdictOf(judge) : [trouble],
      folder: success ? undefined : stage.folder,
    }
  } finally {
    clearTimeout(giveUp)
    judge.end()
    await judge.ended
  }
}

interface Disturbance {
  readonly smokeCase: SmokeCase
  readonly tell: (text: string) => void
}

/** Returns what went wrong before the verifier could have its say. */
async function disturb(stage: Stage, judge: Judge, { smokeCase, tell }: Disturbance): Promise<string | undefined> {
  let running = stage.startDyno('worker.1')
  for (const next of ['worker.2', 'worker.3', 'worker.1']) {
    const isWorking = await works(running, judge)
    if (!isWorking) return `${running.name} processed nothing: ${running.lastReason || 'it gave no reason'}`
    tell(`${running.name} works: ${smokeCase.end === 'kill' ? 'kill -9' : 'SIGTERM'}, and ${next} takes over`)
    const successor = stage.startDyno(next)
    // Half-way into the successor's start: it joins beside the old one, or right after its end.
    await delay(3_000)
    const end = smokeCase.end === 'kill' ? await running.kill() : await running.stop()
    if (smokeCase.end === 'stop' && end !== '0')
      return `${running.name} did not stop cleanly (${end}): ${running.lastReason}`
    running = successor
  }
  tell('the last one finishes the work, and the verifier looks at it')
  return undefined
}

const workWithinMs = 90_000

/** Until a dyno has processed records, or cannot. */
async function works(dyno: Dyno, judge: Judge): Promise<boolean> {
  const deadline = Date.now() + workWithinMs
  while (dyno.said('processed') < 10) {
    if (Date.now() > deadline || dyno.end !== undefined || judge.isVerifying()) return false
    await delay(100)
  }
  return true
}

function verdictOf({ lines }: Judge): readonly string[] {
  const from = lines.findLastIndex((line) => line.startsWith('-------------------'))
  return (from < 0 ? lines : lines.slice(from)).slice(-40)
}
