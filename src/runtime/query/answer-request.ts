import { partitionForKey } from '../../kafka/murmur2.ts'
import { renderPrometheus } from '../metrics/prometheus.ts'
import type { AssignmentReport, TaskReport } from '../metrics/thread-report.ts'
import type { WorkerBoard } from '../metrics/worker-board.ts'
import type { ThreadLines } from './ask-threads.ts'
import { keyOfText } from './key-of-text.ts'
import type { Question, StoreRead, TaskAnswer } from './question.ts'
import type { PauseSwitch } from './pause-switch.ts'
import { mostEntries } from './read-store.ts'
import type { PlannedStore } from './store-plan.ts'

/** What a worker serves from. */
export interface Served {
  readonly dyno: string
  readonly board: WorkerBoard
  readonly lines: ThreadLines
  readonly pausing: PauseSwitch
  readonly stores: ReadonlyMap<string, PlannedStore>
}

export interface Reply {
  readonly status: number
  /** A text goes out as it is, anything else as JSON. */
  readonly body: unknown
}

const paths = [
  '/metrics',
  '/stores',
  '/stores/NAME?from=&to=&limit=',
  '/stores/NAME/KEY?serde=',
  '/metadata?store=&key=',
  'POST /pause',
  'POST /resume',
]

/** One request to a worker: its metrics, what stores are here, what is in them, and who has a key. */
export async function answerRequest(served: Served, path: string): Promise<Reply> {
  const { pathname, searchParams } = new URL(path, 'http://worker')
  try {
    return await dispatch(served, pathname.split('/').slice(1).map(decodeURIComponent), searchParams)
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof URIError)
      return problem(400, error.message)
    throw error
  }
}

async function dispatch(served: Served, parts: readonly string[], query: URLSearchParams): Promise<Reply> {
  const [root = '', name, key] = parts
  if (root === 'stores' && name !== undefined && parts.length <= 3) return readFrom(served, { name, key }, query)
  if (parts.length > 1) return noPath
  if (root === 'metrics') return { status: 200, body: renderPrometheus(served.board.values()) }
  if (root === 'metadata') return findKey(served, query)
  if (root === 'stores') return { status: 200, body: listStores(served) }
  return root === '' ? { status: 200, body: { paths } } : noPath
}

const noPath = problem(404, `no such path: try ${paths.join(', ')}`)

function problem(status: number, error: string, more: object = {}): Reply {
  return { status, body: { error, ...more } }
}

function listStores({ dyno, board, stores, pausing }: Served) {
  const here = board.reports.flatMap(({ thread, tasks }) => tasks.map((task) => ({ thread, ...task })))
  const tasksOf = (name: string) =>
    here
      .filter((task) => task.stores.includes(name))
      .map(({ thread, task, role, isReady, remaining }) => ({ task, role, thread, isReady, lag: remaining }))
  return {
    dyno,
    state: board.state,
    isPaused: pausing.isPaused,
    stores: [...stores.values()].map(({ name, kind, isGlobal }) =>
      isGlobal ? { name, kind, isGlobal } : { name, kind, tasks: tasksOf(name) },
    ),
  }
}

function findKey(served: Served, query: URLSearchParams): Reply {
  const store = plannedStore(served, query.get('store') ?? '')
  const key = query.get('key')
  if (key === null) throw new RangeError('key is missing: /metadata?store=NAME&key=KEY')
  return { status: 200, body: { store: store.name, key, ...placeOf(served, store, keyBytes(key, query)) } }
}

function plannedStore({ stores }: Served, name: string): PlannedStore {
  const store = stores.get(name)
  if (store !== undefined) return store
  throw new RangeError(
    `the topology has no store ${JSON.stringify(name)}: it has ${[...stores.keys()].join(', ') || 'none'}`,
  )
}

function keyBytes(text: string, query: URLSearchParams): Uint8Array {
  return keyOfText(text, query.get('serde') ?? 'string')
}

/** The dyno names come from the last assignment; a leader that is Java's names no dynos of ours. */
function placeOf({ board, dyno }: Served, { subtopology, partitions, isGlobal }: PlannedStore, key: Uint8Array) {
  if (isGlobal) return { partition: -1, task: 'global', active: dyno, standbys: [] }
  const last = board.reports
    .flatMap(({ assignment }) => assignment ?? [])
    .reduce<AssignmentReport | undefined>(
      (one, other) => (one && one.generation > other.generation ? one : other),
      undefined,
    )
  // where a source has a pattern, tasks may have come since the worker began
  const tasks = [...(last?.active.keys() ?? [])].filter((name) => name.startsWith(`${subtopology}_`)).length
  const partition = partitionForKey(key, Math.max(partitions, tasks, 1))
  const task = `${subtopology}_${partition}`
  return { partition, task, active: last?.active.get(task) ?? null, standbys: last?.standby.get(task) ?? [] }
}

type Place = ReturnType<typeof placeOf>

async function readFrom(
  served: Served,
  { name, key }: { readonly name: string; readonly key: string | undefined },
  query: URLSearchParams,
): Promise<Reply> {
  const store = plannedStore(served, name)
  const bytes = key === undefined || key === '' ? undefined : keyBytes(key, query)
  const read = bytes === undefined ? rangeOf(query) : keyRead(bytes, query)
  const place = bytes === undefined ? undefined : placeOf(served, store, bytes)
  const question = { store: name, task: place?.task, read, isStaleFine: query.get('stale') === 'true' }
  const threads = store.isGlobal ? anyThread(served) : threadsWith(served, question)
  if (threads.length === 0) return notHere(served, name, place)
  const { answers, silent } = await served.lines.ask(threads, question)
  if (silent.length > 0)
    return problem(504, `stream threads ${silent.join(', ')} did not answer in time: their user code may be busy`)
  return place === undefined ? rangeReply(question, answers) : keyReply(served, place, answers)
}

function threadsWith({ board }: Served, { store, task }: Question): readonly number[] {
  const has = (report: TaskReport) => report.stores.includes(store) && (task === undefined || report.task === task)
  return board.reports.filter(({ tasks }) => tasks.some(has)).map(({ thread }) => thread)
}

const anyThread = ({ board }: Served) => board.reports.slice(0, 1).map(({ thread }) => thread)

function notHere({ dyno }: Served, store: string, place: Place | undefined): Reply {
  if (place === undefined) return problem(421, `${dyno} has no task with store ${store}: see /stores of other dynos`)
  const owner = place.active ?? 'another dyno'
  return problem(421, `task ${place.task}, which has this key, is not on ${dyno}: ask ${owner}`, place)
}

function keyRead(key: Uint8Array, query: URLSearchParams): StoreRead {
  const fromMs = wholeOf(query, 'from', 0)
  return { kind: 'key', key, fromMs, toMs: wholeOf(query, 'to', Number.MAX_SAFE_INTEGER) }
}

function rangeOf(query: URLSearchParams): StoreRead {
  const bound = (name: string) => {
    const text = query.get(name)
    return text === null ? undefined : keyBytes(text, query)
  }
  const limit = wholeOf(query, 'limit', 100)
  if (limit < 1 || limit > mostEntries) throw new RangeError(`limit is ${limit}: use 1 to ${mostEntries}`)
  return { kind: 'range', from: bound('from'), to: bound('to'), limit }
}

function wholeOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new RangeError(`${name} must be a whole number`)
  return value
}

function keyReply(served: Served, place: Place, answers: readonly TaskAnswer[]): Reply {
  const [answer] = answers
  if (answer === undefined) return notHere(served, '', place)
  if (answer.kind !== 'entries') return whyNot(answer, place)
  const { task, role, lag, entries, isCut } = answer
  const about = { dyno: served.dyno, task, role, lag }
  if (entries.length === 0) return problem(404, 'the store has no such key', about)
  const [entry] = entries
  const isOne = entry !== undefined && entry.window === undefined
  return { status: 200, body: isOne ? { ...about, ...entry } : { ...about, entries, isCut } }
}

function whyNot(answer: Exclude<TaskAnswer, { kind: 'entries' }>, more: object): Reply {
  if (answer.kind === 'refused') return problem(400, answer.because, more)
  if (answer.kind === 'restoring') {
    const { task, remaining } = answer
    return problem(
      503,
      `task ${task} is being restored, ${remaining} records to go: ask again, or add stale=true`,
      more,
    )
  }
  return problem(421, `task ${answer.task} is only a standby here: ask its owner, or add stale=true`, more)
}

function rangeReply({ read }: Question, answers: readonly TaskAnswer[]): Reply {
  const refused = answers.find(({ kind }) => kind === 'refused')
  if (refused?.kind === 'refused') return problem(400, refused.because)
  const limit = read.kind === 'range' ? read.limit : 1
  const found = answers.filter((answer) => answer.kind === 'entries')
  const all = found.flatMap(({ entries, task }) => entries.map((entry) => ({ task, ...entry })))
  return {
    status: 200,
    body: {
      tasks: found.map(({ task, role, lag }) => ({ task, role, lag })),
      /** These were left out: what they hold is not in `entries`. */
      leftOut: answers
        .filter(({ kind }) => kind !== 'entries')
        .map(({ task, kind }) => ({
          task,
          because: kind === 'restoring' ? 'it is being restored' : 'it is a standby',
        })),
      isCut: all.length > limit || found.some(({ isCut }) => isCut),
      entries: all.slice(0, limit),
    },
  }
}
