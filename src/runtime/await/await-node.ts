import type { RecordHeader } from '../../kafka/record.ts'
import { type ProcessorContext, processorContextOf } from '../node/processor-node.ts'
import type { StreamRecord } from '../node/stream-record.ts'
import { RunningNode } from '../node/running-node.ts'
import { guarded, handleFailure } from '../task/error-handling.ts'
import type { RawRecord, TaskContext } from '../task/task-context.ts'
import { Attempts, type Ending } from './attempts.ts'
import { type AwaitPlan, mostMsOf } from './await-options.ts'
import { type CallOutcome, Calls } from './calls.ts'
import { callPatiently } from './patient-call.ts'
import { type AwaitingNode, TaskAwaits } from './task-awaits.ts'

/** What a call is told beside its record. */
export interface CallContext {
  /** Fires when the call took too long, or nobody wants its result any more: hand it on to `fetch` and the like. */
  readonly signal: AbortSignal
  /** 1 for the first. */
  readonly attempt: number
  /** Where the record came from; undefined for one that a timer sent. Unique over attempts and repetitions. */
  readonly recordMetadata: { readonly topic: string; readonly partition: number; readonly offset: number } | undefined
}

/**
 * A processor in two halves. Between them the task works on other records: so stores and `forward` belong into
 * `receive`, and into what `call` does before its first `await`. Made anew for every task.
 */
export interface AsyncProcessor<KIn, VIn, Result, KOut, VOut> {
  init?(context: ProcessorContext<KOut, VOut>): void
  /** Asks. A rejection is a failure of the record, after the attempts that `retry` allows. */
  call(record: StreamRecord<KIn, VIn>, context: CallContext): Promise<Result>
  /** Takes the answer, in the order that was asked for. Synchronous. */
  receive(record: StreamRecord<KIn, VIn>, result: Result): void
  close?(): void
}

/** A record on its way through a call, with everything that must be as it was when the result goes on. */
interface Taken<K, V> extends StreamRecord<K, V> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly headers: readonly RecordHeader[]
  readonly raw: RawRecord
}

/** An operator that awaits: `process` opens a call, and the task's later turns send on what came of it. */
export class AwaitNode<KIn, VIn, Result, KOut, VOut> extends RunningNode<KOut, VOut> implements AwaitingNode {
  readonly #name: string
  readonly #processor: AsyncProcessor<KIn, VIn, Result, KOut, VOut>
  readonly #plan: AwaitPlan
  readonly #calls: Calls<Taken<KIn, VIn>, Result>
  readonly #attempts: Attempts

  constructor(
    name: string,
    processor: AsyncProcessor<KIn, VIn, Result, KOut, VOut>,
    { plan, laneOf }: { readonly plan: AwaitPlan; readonly laneOf: (key: KIn, value: VIn) => unknown },
  ) {
    super()
    this.#name = name
    this.#processor = processor
    this.#plan = plan
    this.#attempts = new Attempts(plan.timeoutMs, () => this.#surroundings.clock)
    this.#calls = new Calls(plan, {
      call: (taken) => this.#call(taken),
      laneOf: ({ key, value }) => laneOf(key, value),
      whenDone: () => this.#surroundings.wake(),
    })
  }

  get inFlight(): number {
    return this.#calls.inFlight
  }

  get waiting(): number {
    return this.#calls.waiting
  }

  get isFull(): boolean {
    return this.#calls.isFull
  }

  get hasResult(): boolean {
    return this.#calls.hasResult
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#refuseTooSlow(context)
    context.awaits ??= new TaskAwaits()
    context.awaits.add(this)
    this.#processor.init?.(processorContextOf(context, this.#name, (record) => this.forwardRecord(record)))
  }

  override process(key: KIn, value: VIn): void {
    const { topic, partition, offset, timestamp, headers, awaits } = this.context
    const raw = { key: this.context.raw.key, value: this.context.raw.value }
    const taken = { key, value, topic, partition, offset, timestamp, headers, raw }
    this.#calls.add(taken)
    // Behind what may fail: a record that is skipped holds no commit back.
    awaits?.unfinished.open(taken, awaits.timeBefore)
  }

  handOver(): void {
    this.#calls.handOver((taken, outcome) => {
      const { topic, partition, offset, timestamp, headers, raw } = taken
      Object.assign(this.context, { topic, partition, offset, timestamp, headers, raw })
      this.#receive(taken, outcome)
      this.context.awaits?.unfinished.close(taken)
    })
  }

  override close(): void {
    this.#calls.clear()
    this.#attempts.close(new Error(`the task of ${this.#name} was closed`))
    this.#processor.close?.()
  }

  #receive(taken: Taken<KIn, VIn>, outcome: CallOutcome<Result>): void {
    if (outcome.kind === 'failure') {
      handleFailure(this.context, 'processing', this.#name, outcome.error)
      return
    }
    guarded(this.context, this.#name, () => this.#processor.receive(taken, outcome.result))
  }

  async #call(taken: Taken<KIn, VIn>): Promise<Result> {
    const { topic, partition, offset } = taken
    const recordMetadata = offset < 0 ? undefined : { topic, partition, offset }
    const { pause, random } = this.#surroundings
    return callPatiently(
      async (ending, attempt) => this.#processor.call(taken, new CallOf(ending, attempt, recordMetadata)),
      this.#plan,
      { attempts: this.#attempts, pause, random },
    )
  }

  get #surroundings() {
    const { awaiting } = this.context.facts
    if (awaiting === undefined) throw new Error(`${this.#name} awaits, and this task was given no clock to do so`)
    return awaiting
  }

  /** A transaction that is open for too long is ended by the broker: the record would be called for, for ever. */
  #refuseTooSlow({ facts: { awaiting } }: TaskContext): void {
    const mostMs = awaiting?.mostMs
    const ownMs = mostMsOf(this.#plan)
    if (mostMs === undefined || ownMs < mostMs) return
    throw new Error(
      `the calls of ${this.#name} may take ${ownMs} ms with what is tried again, and under exactly_once_v2 a ` +
        `transaction waits for them, at most ${mostMs} ms (transaction.timeout.ms): ` +
        `lower timeoutMs or retry, or raise STREAMS_TRANSACTION_TIMEOUT_MS`,
    )
  }
}

/** A class, so that the signal is a getter without a closure for each call. */
class CallOf implements CallContext {
  readonly attempt: number
  readonly recordMetadata: CallContext['recordMetadata']
  readonly #ending: Ending

  constructor(ending: Ending, attempt: number, recordMetadata: CallContext['recordMetadata']) {
    this.#ending = ending
    this.attempt = attempt
    this.recordMetadata = recordMetadata
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }
}
