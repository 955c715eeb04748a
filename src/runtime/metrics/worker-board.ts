import { recordingLevels, type MetricValue, type RecordingLevel } from './metric.ts'
import type { ThreadReport } from './thread-report.ts'

/** Kafka Streams' states of a client, in the order of their numbers. */
const clientStates = [
  'CREATED',
  'REBALANCING',
  'RUNNING',
  'PENDING_SHUTDOWN',
  'NOT_RUNNING',
  'PENDING_ERROR',
  'ERROR',
] as const
export type ClientState = (typeof clientStates)[number]

export interface WorkerFacts {
  readonly clientId: string
  readonly applicationId: string
  readonly version: string
  /** Of the package, where it is known. */
  readonly commitId: string
  readonly recordingLevel: RecordingLevel
  /** What `Topology#describe()` prints. */
  readonly topology: string
}

/** What is known of the worker as a whole: the last report of each thread, and how threads came and went. */
export class WorkerBoard {
  readonly #facts: WorkerFacts
  readonly #reports = new Map<number, ThreadReport>()
  readonly #alive = new Set<number>()
  #failed = 0
  #isStopping = false

  constructor(facts: WorkerFacts) {
    this.#facts = facts
  }

  started(thread: number): void {
    this.#alive.add(thread)
  }

  take(report: ThreadReport): void {
    if (this.#alive.has(report.thread)) this.#reports.set(report.thread, report)
  }

  ended(thread: number, hasDied: boolean): void {
    this.#alive.delete(thread)
    this.#reports.delete(thread)
    if (hasDied) this.#failed += 1
  }

  stopping(): void {
    this.#isStopping = true
  }

  get reports(): readonly ThreadReport[] {
    return [...this.#reports.values()].toSorted((one, other) => one.thread - other.thread)
  }

  get state(): ClientState {
    if (this.#isStopping) return this.#alive.size > 0 ? 'PENDING_SHUTDOWN' : 'NOT_RUNNING'
    if (this.#reports.size === 0) return this.#failed > 0 && this.#alive.size === 0 ? 'ERROR' : 'CREATED'
    const isWhole = this.#reports.size === this.#alive.size && this.reports.every(({ state }) => state === 'RUNNING')
    return isWhole ? 'RUNNING' : 'REBALANCING'
  }

  values(): readonly MetricValue[] {
    const { clientId, applicationId, version, commitId, recordingLevel, topology } = this.#facts
    const client = { 'client-id': clientId }
    const [first] = this.reports
    const process = { ...client, 'process-id': first?.processId ?? '' }
    const of = (name: string, value: number | string, tags: MetricValue['tags'] = client): MetricValue => ({
      group: 'stream-metrics',
      name,
      tags,
      value,
    })
    return [
      of('version', version),
      of('commit-id', commitId),
      of('recording-level', recordingLevels.indexOf(recordingLevel), process),
      of('application-id', applicationId),
      of('topology-description', topology),
      of('state', this.state),
      of('alive-stream-threads', this.#alive.size),
      of('failed-stream-threads', this.#failed),
      of('client-state', clientStates.indexOf(this.state), { ...process, 'application-id': applicationId }),
      ...this.reports.flatMap(({ metrics }) => metrics),
    ]
  }
}
