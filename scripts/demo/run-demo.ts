import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import type { Platform } from '../../src/local/platform.ts'
import { countWords, differences, total } from './count-words.ts'
import type { HerokuDoor } from './heroku-door.ts'
import { KafkaDoor, lagOf, type PartitionLag } from './kafka-door.ts'
import { poll } from './poll.ts'
import { runWeir } from './run-weir.ts'
import { grouped, seconds, type Screen } from './screen.ts'
import { textOfPackages } from './text.ts'
import { assignmentIn, restoredIn, taskCount, type Assignment } from './worker-log.ts'

/** The names that manifests/word-count.yaml has; `group` is also the application's name. */
export const app = 'word-count'
const group = 'word-count'
const sources = ['lines', 'word-count-counts-repartition']
const partitions = 6
const workers = 2
/** 6 that read lines and 6 that count, as `weir validate` says. */
const tasks = 12
const lineCount = 24_000
const victim = 'worker.2'

export interface Demo {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly platform: Platform
  readonly door: HerokuDoor
  readonly screen: Screen
  readonly signal: AbortSignal
}

/** Everything through the doors that a user has. Throws at the first thing that is not as it should be. */
export async function runDemo(demo: Demo): Promise<void> {
  const { root, door, screen, signal } = demo
  const addon = await createApp(demo)
  await build(demo)
  await apply(demo)
  await using kafka = new KafkaDoor(await door.configVars(app), signal)
  await kafka.open()
  await showWorld(kafka, demo)

  const text = textOfPackages(join(root, 'node_modules'), lineCount)
  const [first, second] = [text.lines.slice(0, lineCount / 2), text.lines.slice(lineCount / 2)]
  await kafka.feed('lines', first, partitions)
  screen.done(
    'fed',
    `${grouped(first.length)} lines out of ${text.files} licences and readmes of ${text.packages} packages`,
  )
  const inFlight = await someCounted(kafka, demo)
  const killedMs = await killAWorker(kafka, { lines: second, inFlight }, demo)
  await allCounted(kafka, demo)
  await showTakeover(killedMs, demo)
  await compare(kafka, { ...demo, addon, lines: text.lines })
}

async function createApp({ door, screen }: Demo): Promise<string> {
  await door.createApp(app)
  const addon = await door.createKafka(app, 'heroku-kafka:basic-0')
  const { KAFKA_PREFIX: prefix } = await door.configVars(app)
  screen.done('app', `⬢ ${app} with ${addon} (basic-0), prefix ${prefix}`)
  return addon
}

async function build({ root, door, screen }: Demo): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-demo-'))
  try {
    const file = join(folder, 'word-count.tgz')
    await create({ gzip: true, cwd: join(root, 'examples', 'word-count'), file }, ['.'])
    await door.build(app, new Uint8Array(await readFile(file)))
  } finally {
    await rm(folder, { recursive: true })
  }
  screen.done('build', 'examples/word-count, worker: weir worker topology.ts')
}

async function apply({ root, env, platform, screen, signal }: Demo): Promise<void> {
  const { heroku } = platform
  const words = ['apply', '-f', join(root, 'manifests', 'word-count.yaml'), '--direct', '--timeout', '2m']
  screen.begin('weir', 'apply -f manifests/word-count.yaml --direct')
  const code = await runWeir(
    {
      weir: join(root, 'bin', 'weir'),
      words,
      env: {
        ...env,
        HEROKU_API_KEY: heroku.apiKey,
        HEROKU_HOST: heroku.apiUrl,
        HEROKU_DATA_HOST: heroku.dataHost,
        NODE_EXTRA_CA_CERTS: heroku.caFile,
      },
      // The plan stays; the steps, which repeat it, pass by.
      line: (text) => (/^[►◎]/.test(text) ? screen.moving(`  ${text}`) : screen.line(`  ${text}`)),
    },
    signal,
  )
  if (code !== 0) throw new Error(`weir apply ended with ${code}; what it said stands above`)
}

/** Resolves when the work is spread: a worker without tasks would be killed in vain. */
async function showWorld(kafka: KafkaDoor, { door, screen, signal }: Demo): Promise<void> {
  const topics = await kafka.topics()
  screen.done('topics', topics.map(({ name, partitions: count }) => `${name} (${count})`).join(' · '))
  const startedMs = performance.now()
  let dynos = ''
  let spread = assignmentIn('')
  const look = async (): Promise<true | null> => {
    dynos = (await door.dynos(app)).map(({ name, state }) => `${name} ${state}`).join(' · ')
    spread = assignmentIn(await door.log(app, 1_500))
    screen.moving(`${dynos}; ${taskCount(spread)} of ${tasks} tasks on ${spread.tasks.size} workers`)
    return taskCount(spread) === tasks && spread.tasks.size === workers ? true : null
  }
  const seen = (): string => `${dynos || 'no dyno'}; ${taskCount(spread)} tasks on ${spread.tasks.size} workers`
  await poll(
    { what: `${tasks} tasks on ${workers} workers`, withinMs: 60_000, everyMs: 250, look, seen, forgiving: true },
    signal,
  )
  const members = await kafka.members(group)
  screen.done('group', `${kafka.prefix}${group} · ${members} stream threads`)
  screen.done('dynos', `${dynos}   ${seconds(performance.now() - startedMs)}`)
  screen.done('tasks', describeTasks(spread))
}

const describeTasks = ({ tasks: byDyno }: Assignment): string =>
  [...byDyno].map(([dyno, own]) => `${dyno}: ${own.join(' ')}`).join(' · ')

/** Resolves in the middle of the work: some of it is committed, and this much is not. */
async function someCounted(kafka: KafkaDoor, { screen, signal }: Demo): Promise<number> {
  let rows: readonly PartitionLag[] = []
  const look = async (): Promise<true | null> => {
    rows = await kafka.lag(group, sources)
    screen.moving(`lag of ${grouped(lagOf(rows))}`)
    return rows.some(({ topic, committed }) => topic !== sources[0] && (committed ?? 0) > 0) ? true : null
  }
  const seen = (): string => `a lag of ${grouped(lagOf(rows))}, nothing counted`
  await poll({ what: 'the first counts', withinMs: 60_000, everyMs: 50, look, seen, forgiving: true }, signal)
  return lagOf(rows)
}

/** Lag zero in both source topics: then every count is in the output topic, since a commit flushes first. */
async function allCounted(kafka: KafkaDoor, { screen, signal }: Demo): Promise<void> {
  const startedMs = performance.now()
  let rows: readonly PartitionLag[] = []
  const describe = (): string =>
    sources.map((topic) => `${topic} ${grouped(lagOf(rows.filter((row) => row.topic === topic)))}`).join(' · ')
  const look = async (): Promise<true | null> => {
    // In this order: once the first topic is at its end, nobody adds to the second.
    rows = [...(await kafka.lag(group, sources.slice(0, 1))), ...(await kafka.lag(group, sources.slice(1)))]
    screen.moving(`lag of ${describe()}`)
    return lagOf(rows) === 0 ? true : null
  }
  const wait = {
    what: 'the lag to be zero',
    withinMs: 120_000,
    everyMs: 200,
    look,
    forgiving: true,
    seen: () => `lag of ${describe()}`,
  }
  await poll(wait, signal)
  const records = rows.reduce((sum, { end }) => sum + end, 0)
  screen.done(
    'counted',
    `lag 0 after ${grouped(records)} records in ${sources.length} topics   ${seconds(performance.now() - startedMs)}`,
  )
}

/**
 * The worker dies with -9 in the middle of its work, and the second half arrives
 * at that moment. What it had not committed is done again by others and by its
 * successor, and counted once: exactly_once_v2.
 */
async function killAWorker(
  kafka: KafkaDoor,
  { lines, inFlight }: { readonly lines: readonly string[]; readonly inFlight: number },
  { platform, door, screen, signal }: Demo,
): Promise<number> {
  const pid = platform.processOf(app, victim)
  if (pid === null) throw new Error(`${victim} has no process to kill`)
  process.kill(-pid, 'SIGKILL')
  const killedMs = Date.now()
  screen.begin(
    'kill -9',
    `${victim}, process ${pid}, with ${grouped(inFlight)} records to go, and ${grouped(lines.length)} more lines arrive`,
  )
  await kafka.feed('lines', lines, partitions)
  const look = async (): Promise<number | null> => {
    const next = platform.processOf(app, victim)
    const dyno = (await door.dynos(app)).find(({ name }) => name === victim)
    return dyno?.state === 'up' && next !== pid ? next : null
  }
  const next = await poll({ what: `${victim} to be back`, withinMs: 30_000, look }, signal)
  screen.done('restarted', `${victim}, process ${next}   ${seconds(Date.now() - killedMs)}`)
  return killedMs
}

async function showTakeover(sinceMs: number, { door, screen }: Demo): Promise<void> {
  const log = await door.log(app, 1_500)
  const { stores, records } = restoredIn(log, victim, sinceMs)
  screen.done('tasks', describeTasks(assignmentIn(log)))
  screen.done('restored', `${victim}: ${stores} stores, ${grouped(records)} records from the changelog`)
}

interface Comparison extends Demo {
  readonly addon: string
  readonly lines: readonly string[]
}

async function compare(kafka: KafkaDoor, { addon, lines, door, screen }: Comparison): Promise<void> {
  await door.createGroup(addon, 'demo-reader')
  const latest = await kafka.latest('word-counts', 'demo-reader')
  const found = new Map([...latest].map(([word, count]) => [word, Number(count.readBigInt64BE())]))
  const expected = countWords(lines)
  const wrong = differences(expected, found)
  if (wrong.length > 0) {
    throw new Error(`${wrong.length} of ${expected.size} counts are wrong:\n  ${wrong.slice(0, 10).join('\n  ')}`)
  }
  const counted = `${grouped(expected.size)} words, ${grouped(total(expected))} times in ${grouped(lines.length)} lines`
  screen.done('compared', `${counted}: every count is as counted apart from it`)
}
