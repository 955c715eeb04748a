import type { StoreIn } from '../store/key-value-store.ts'
import { guarded } from '../task/error-handling.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { Punctuation } from '../task/punctuations.ts'
import { noRaw, type TaskContext } from '../task/task-context.ts'
import { RunningNode } from './running-node.ts'
import type { StreamRecord } from './stream-record.ts'

/** What a processor may ask of its task: Kafka's `ProcessorContext`. */
export interface ProcessorContext<KOut, VOut> {
  readonly taskId: string
  readonly applicationId: string
  /** The largest timestamp seen, -1 before the first record. */
  readonly streamTimeMs: number
  readonly wallClockMs: number
  /** Where the record at hand came from; undefined in a timer. */
  readonly recordMetadata: { readonly topic: string; readonly partition: number; readonly offset: number } | undefined
  /** Sends a record to every operator behind this one. */
  forward(record: StreamRecord<KOut, VOut>): void
  /** The store of a handle that was named in this processor's `stores`. */
  store<S>(handle: StoreIn<S>): S
  /**
   * Calls back every `intervalMs`: of stream time, the first time as soon as it is
   * known, or of the wall clock, the first time after one interval.
   */
  schedule(intervalMs: number, by: 'stream-time' | 'wall-clock', call: (timestamp: number) => void): Punctuation
}

/** Kafka's `Processor`: made anew for every task, so its fields are a task's own. */
export interface Processor<KIn, VIn, KOut, VOut> {
  init?(context: ProcessorContext<KOut, VOut>): void
  process(record: StreamRecord<KIn, VIn>): void
  close?(): void
}

export class ProcessorNode<KIn, VIn, KOut, VOut> extends RunningNode<KOut, VOut> {
  readonly #name: string
  readonly #processor: Processor<KIn, VIn, KOut, VOut>

  constructor(name: string, processor: Processor<KIn, VIn, KOut, VOut>) {
    super()
    this.#name = name
    this.#processor = processor
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#processor.init?.(processorContextOf(context, this.#name, (record) => this.forwardRecord(record)))
  }

  override process(key: KIn, value: VIn): void {
    const { timestamp, headers } = this.context
    this.#processor.process({ key, value, timestamp, headers })
  }

  override close(): void {
    this.#processor.close?.()
  }
}

/** A processor's view of its task, for as long as both live. */
export function processorContextOf<KOut, VOut>(
  context: TaskContext,
  name: string,
  forward: (record: StreamRecord<KOut, VOut>) => void,
): ProcessorContext<KOut, VOut> {
  return {
    taskId: context.facts.taskId,
    applicationId: context.facts.applicationId,
    get streamTimeMs() {
      return context.streamTime
    },
    get wallClockMs() {
      return context.wallClock
    },
    get recordMetadata() {
      const { topic, partition, offset } = context
      return offset < 0 ? undefined : { topic, partition, offset }
    },
    forward,
    store: (handle) => handle.in(context),
    schedule: (intervalMs, by, call) => {
      if (context.facts.globalStores === 'own')
        throw new Error('schedule() is not supported in global processor context.')
      const inTimer = (timestamp: number) => callInTimer({ context, name }, timestamp, call)
      if (by === 'stream-time') return context.streamTimers.schedule(0, intervalMs, inTimer)
      const first = context.wallClock < 0 ? undefined : context.wallClock + intervalMs
      return context.wallTimers.schedule(first, intervalMs, inTimer)
    },
  }
}

/** In a timer there is a time and no record. */
function callInTimer(
  { context, name }: { readonly context: TaskContext; readonly name: string },
  timestamp: number,
  call: (timestamp: number) => void,
): void {
  const before = {
    topic: context.topic,
    partition: context.partition,
    offset: context.offset,
    timestamp: context.timestamp,
    headers: context.headers,
    raw: context.raw,
  }
  Object.assign(context, {
    topic: '',
    partition: -1,
    offset: -1,
    timestamp,
    headers: noHeaders,
    raw: noRaw,
  })
  guarded(context, name, () => call(timestamp))
  Object.assign(context, before)
}
