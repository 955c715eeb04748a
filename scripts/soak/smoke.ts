import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import type { Dyno } from './dyno.ts'
import { smokeProcess, startJudge, type Guarantee, type Judge } from './judge.ts'
import { UsageError, type Tell } from '../run-by-name.ts'
import type { Soak } from './soak.ts'
import { Stage } from './stage.ts'

/** Whose processors stand between Kafka's driver and Kafka's verifier: ours, or Kafka Streams' own, to compare. */
type Processors = 'weir' | 'java'

interface SmokeCase {
  readonly guarantee: Guarantee
  /** How dynos are ended while the work goes on. */
  readonly end: 'stop' | 'kill'
  readonly processors: Processors
}

const kinds: readonly Omit<SmokeCase, 'processors'>[] = [
  { guarantee: 'at_least_once', end: 'stop' },
  { guarantee: 'at_least_once', end: 'kill' },
  { guarantee: 'exactly_once_v2', end: 'stop' },
  { guarantee: 'exactly_once_v2', end: 'kill' },
]

const nameOf = ({ guarantee, end }: Omit<SmokeCase, 'processors'>): string =>
  `${guarantee}, ${end === 'kill' ? 'kill -9' : 'clean stop'}`

export const soak: Soak = {
  summary: "Kafka's own SmokeTest, its Java driver and verifier as the judge, while dynos end one after the other",
  usage: "[--only 'exactly_once_v2, kill -9'] [--processors weir|java]",
  async run(args, tell) {
    const options = { only: { type: 'string' }, processors: { type: 'string' } } as const
    const { only = '', processors = 'weir' } = parseArgs({ args: [...args], options }).values
    if (processors !== 'weir' && processors !== 'java') throw new UsageError('--processors is weir or java')
    const cases: readonly SmokeCase[] = kinds
      .filter((one) => nameOf(one).includes(only))
      .map((one) => ({ ...one, processors }))
    if (cases.length === 0) throw new UsageError(`no case has ${only} in its name: ${kinds.map(nameOf).join('; ')}`)
    let failed = 0
    for (const smokeCase of cases) if (!(await runCase(smokeCase, tell))) failed += 1
    return failed === 0
  },
}

async function runCase(smokeCase: SmokeCase, tell: Tell): Promise<boolean> {
  const name = `${nameOf(smokeCase)}, processors: ${smokeCase.processors}`
  tell(`smoke: ${name}`)
  const { isSuccess, words, folder } = await runSmoke(smokeCase, tell)
  if (!isSuccess) for (const line of words) tell(`  ${line}`)
  tell(`${isSuccess ? 'SUCCESS' : 'FAILURE'}  ${name}`)
  if (folder !== undefined) tell(`the logs are kept in ${folder}`)
  return isSuccess
}

const file = join(import.meta.dirname, '..', '..', 'examples', 'smoke-test', 'topology.ts')

const userTopics = 'data fk echo max min min-suppressed min-raw dif sum sws-raw sws-suppressed cnt avg tagg'.split(' ')

/**
 * What Kafka's system test sets, but for the session timeout: 10 s there. The broker allows no less than 6 s; the
 * shorter, the more of the three dynos end before the first window closes. Where ours has no such setting the topics
 * are made to fit it.
 */
const settings = {
  NUM_STREAM_THREADS: '3',
  NUM_STANDBY_REPLICAS: '2',
  BUFFERED_RECORDS_PER_PARTITION: '100',
  COMMIT_INTERVAL_MS: '1000',
  AUTO_OFFSET_RESET: 'earliest',
  ACCEPTABLE_RECOVERY_LAG: String(Number.MAX_SAFE_INTEGER),
  SESSION_TIMEOUT_MS: '6000',
}

interface SmokeResult {
  readonly isSuccess: boolean
  /** What the verifier said, or what went wrong before. */
  readonly words: readonly string[]
  /** Where the logs are kept; undefined after a success. */
  readonly folder: string | undefined
}

/** Beyond this a run is lost: writing takes 90 s, verifying 6 minutes at most. */
const judgeWithinMs = 12 * 60_000

/** One run: each of three dynos is started, and ended as soon as it works; another one takes over. */
async function runSmoke(smokeCase: SmokeCase, tell: Tell): Promise<SmokeResult> {
  await using stage = await Stage.open({
    file,
    topology: await loadTopology(file),
    applicationId: 'SmokeTest',
    partitions: 5,
    env: Object.fromEntries(Object.entries(settingsOf(smokeCase)).map(([name, value]) => [`STREAMS_${name}`, value])),
  })
  await stage.createTopics(userTopics)
  const judge = await startJudge(stage.plaintext, smokeCase.guarantee, stage.folder)
  const giveUp = setTimeout(() => judge.end(), judgeWithinMs)
  try {
    const words = await disturb({ stage, judge, smokeCase, tell })
    await judge.ended
    const isSuccess = judge.lines.includes('SUCCESS')
    if (isSuccess) return { isSuccess, words, folder: undefined }
    stage.keep()
    return { isSuccess, words: [...words, ...wordsOf(judge)], folder: stage.folder }
  } finally {
    clearTimeout(giveUp)
    judge.end()
    await judge.ended
  }
}

const settingsOf = ({ guarantee }: SmokeCase) => ({ ...settings, PROCESSING_GUARANTEE: guarantee })

interface Run {
  readonly stage: Stage
  readonly judge: Judge
  readonly smokeCase: SmokeCase
  readonly tell: Tell
}

/** Ends all three dynos, each as soon as it works, and starts the next. Returns what the verifier cannot know. */
async function disturb(run: Run): Promise<readonly string[]> {
  const { judge, smokeCase, tell } = run
  const isKill = smokeCase.end === 'kill'
  let running = await startDyno(run, 'worker.1')
  const words: string[] = []
  for (const next of ['worker.2', 'worker.3', 'worker.1']) {
    if (!(await works(running, judge))) {
      judge.end()
      return [...words, `${running.name} processed nothing: ${running.lastReason || 'it gave no reason'}`]
    }
    tell(`${running.name} works: ${isKill ? 'kill -9' : 'SIGTERM'}, and ${next} takes over`)
    const end = isKill ? await running.kill() : await running.stop()
    if (!isKill && !isClean(end, smokeCase))
      words.push(`${running.name} did not stop cleanly (${end}): ${running.lastReason}`)
    if (isKill) words.push(...(await lateness(run, running)))
    running = await startDyno(run, next)
  }
  tell('the last one finishes the work, and the verifier looks at it')
  return words
}

/** A JVM that ends by SIGTERM has no code of its own. */
const isClean = (end: string, { processors }: SmokeCase): boolean =>
  end === '0' || (processors === 'java' && (end === 'SIGTERM' || end === '143'))

/**
 * Each final result of a window must be there once, under at-least-once, too; but what a dyno emitted after its last
 * commit is emitted again after a crash, by Kafka Streams as by us. So whoever wants a clear word from the verifier
 * crashes before the first window closes, at 32 s of the records' time.
 */
async function lateness({ stage, smokeCase }: Run, { name }: Dyno): Promise<readonly string[]> {
  if (smokeCase.guarantee !== 'at_least_once' || (await stage.endOf('sws-suppressed')) === 0) return []
  return [`${name} was killed after windows had closed: their results are written again. This machine was too busy`]
}

const workWithinMs = 90_000
/** Lines about 100 records each. */
const enoughLines = 3

/** Until a dyno has processed records, or cannot. */
async function works(dyno: Dyno, judge: Judge): Promise<boolean> {
  const deadline = Date.now() + workWithinMs
  while (dyno.said('processed') < enoughLines) {
    if (Date.now() > deadline || dyno.end !== undefined || judge.isVerifying()) return false
    await delay(100)
  }
  return true
}

async function startDyno({ stage, smokeCase }: Run, name: string): Promise<Dyno> {
  if (smokeCase.processors === 'weir') return stage.startDyno(name)
  const settingsOfJava = {
    ...settingsOf(smokeCase),
    BOOTSTRAP_SERVERS: stage.plaintext,
    STATE_DIR: stage.stateOf(name),
  }
  return stage.startProcess(name, await smokeProcess(settingsOfJava, stage.folder))
}

/** What it said of its verdict, without the records it prints for proof. */
function wordsOf({ lines }: Judge): readonly string[] {
  const telling = /^(fail|verifying|recordProcessed|[A-Z-]+$)|[Ff]ail|PROCESSED|non-unique/
  return lines.filter((line) => telling.test(line) && !line.includes('ConsumerRecord')).slice(-30)
}
