import { setImmediate } from 'node:timers/promises'
import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { RecordBatch, TopicPartition } from '../record.ts'
import type { Polled, Position, RecordSource, SourceOptions } from '../record-source.ts'
import type { StreamFailure } from '../stream-failure.ts'
import { printTopicPartition } from '../topic-partition.ts'
import { errorCode, isPassing } from './api/error-code.ts'
import { fetch } from './api/fetch.ts'
import type { FetchedPartition, FetchResponse } from './api/fetch.ts'
import { Codecs } from './batch/codec.ts'
import { readBatches, scanBatches } from './batch/read-batches.ts'
import type { BatchScan } from './batch/read-batches.ts'
import { MalformedBytes } from './bytes/byte-reader.ts'
import { SpareMemory } from './bytes/spare-memory.ts'
import type { Cluster } from './cluster/cluster.ts'
import { LeaderWatch } from './cluster/leader-watch.ts'
import type { Lines } from './cluster/lines.ts'
import { failureOfCode, failureOfConnection } from './cluster/stream-failures.ts'
import { FrameMemory } from './source/frame-memory.ts'
import { Reading } from './source/reading.ts'
import { Troubles } from './source/troubles.ts'
import { byTopic } from './by-topic.ts'

export interface FetchLimits {
  /** How long a broker holds a fetch that finds nothing. */
  readonly waitMs: number
  /** Bytes asked for in one fetch; as many again may wait for the next poll. */
  readonly maxBytes: number
}

/** No broker's number: where partitions without a known leader are gathered. */
const nobody = -1

/**
 * How long a fetch is held that does not ask for every partition. Those that are
 * left out, since something of theirs waits or they are paused, may soon want to
 * be asked for again, and one fetch a broker is under way.
 */
const shortWaitMs = 10

/** One on its way, one that waits for a poll, one that is worked on, and one to spare. */
const framesKept = 4
const columnStepBytes = 16 * 1024

/** A fetch under way: what was asked for, and as which turn of each partition. */
interface Asked {
  readonly reading: Reading
  readonly turn: number
  readonly offset: number
}

/**
 * Fetches ahead: as soon as a broker has answered, and before anybody unpacks
 * that answer, the next fetch goes out for its partitions that have nothing
 * waiting. One fetch a broker is under way, for all its partitions together.
 */
export class WireRecordSource implements RecordSource {
  readonly #cluster: Cluster
  readonly #options: SourceOptions
  readonly #limits: FetchLimits
  readonly #codecs = new Codecs()
  readonly #memory: FrameMemory
  readonly #columns: SpareMemory
  readonly #stopping = new AbortController()
  readonly #watch: LeaderWatch
  readonly #lines: Lines
  readonly #fetches = new Map<number, Promise<void>>()
  /** In the order they are asked for: who brought something last goes to the end. */
  #readings = new Map<string, Reading>()
  readonly #troubles = new Troubles()
  #bug: unknown = null
  #wake: () => void = () => {}
  /** A poll waits. */
  #isAwaited = false

  constructor(cluster: Cluster, options: SourceOptions, limits: FetchLimits) {
    this.#cluster = cluster
    this.#options = options
    this.#limits = limits
    this.#memory = new FrameMemory(framesKept * limits.maxBytes)
    this.#columns = new SpareMemory({ stepBytes: columnStepBytes, mostBytes: limits.maxBytes })
    this.#lines = cluster.openLines((lengthBytes) => this.#memory.take(lengthBytes))
    this.#watch = new LeaderWatch(cluster, this.#stopping.signal, (failure) => this.#looked(failure))
  }

  assign(positions: readonly Position[]): void {
    const before = this.#readings
    this.#readings = new Map()
    for (const position of positions) {
      const key = printTopicPartition(position)
      const reading = before.get(key) ?? new Reading(position)
      if (reading.position !== position.offset || reading.isStopped) reading.moveTo(position.offset)
      this.#readings.set(key, reading)
    }
    this.#troubles.clear()
    if (positions.length === 0) this.#forgetMemory()
    this.#pump()
  }

  seek(position: Position): void {
    this.#readings.get(printTopicPartition(position))?.moveTo(position.offset)
    this.#pump()
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true)
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false)
    this.#pump()
  }

  lag(partition: TopicPartition): number | undefined {
    return this.#readings.get(printTopicPartition(partition))?.lag
  }

  async poll(maxWaitMs: number, signal: AbortSignal): Promise<Result<Polled, StreamFailure>> {
    this.#pump()
    // a loop of polls that do not wait would keep the sockets from ever being heard
    if (!this.#isReady()) await setImmediate()
    if (!this.#isReady() && maxWaitMs > 0 && !signal.aborted) await this.#waitForSomething(maxWaitMs, signal)
    if (this.#bug !== null) throw this.#bug
    const told = this.#troubles.take(this.#hasArrivals())
    if (told !== null) return fail(told)
    return this.#take()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#lines.close()
    this.#readings.clear()
    this.#forgetMemory()
    this.#wake()
    await this.#watch.close()
    await Promise.all(this.#fetches.values())
  }

  /** What restored a large store need not wait for the next one. */
  #forgetMemory(): void {
    this.#memory.clear()
    this.#columns.clear()
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const partition of partitions) {
      const reading = this.#readings.get(printTopicPartition(partition))
      if (reading !== undefined) reading.paused = paused
    }
  }

  #isReady(): boolean {
    return this.#troubles.areUrgent || this.#hasArrivals()
  }

  #hasArrivals(): boolean {
    return [...this.#readings.values()].some(({ isReady }) => isReady)
  }

  /** Ends when something arrived, a failure is not one to sit out, the time is over, or the signal fires. */
  async #waitForSomething(maxWaitMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#cluster.options
    const awake = new AbortController()
    this.#wake = () => {
      if (this.#isReady() || this.#bug !== null || this.#stopping.signal.aborted) awake.abort()
    }
    this.#isAwaited = true
    await clock.sleep(maxWaitMs, AbortSignal.any([signal, awake.signal]))
    this.#isAwaited = false
    this.#wake = () => {}
  }

  #take(): Result<Polled, StreamFailure> {
    const taken = [...this.#readings.values()].filter(({ isReady }) => isReady).map((reading) => reading.take())
    // the next fetches are on their way while these records are unpacked and processed
    this.#pump()
    const batches: RecordBatch[] = []
    const positions: Position[] = []
    for (const { topic, partition, fromOffset, arrived } of taken) {
      const aborted = this.#options.readCommitted ? arrived.aborted : null
      const release = (): void => this.#memory.release(arrived.bytes)
      const reading = { topic, partition, fromOffset, aborted, codecs: this.#codecs, spare: this.#columns, release }
      try {
        const batch = readBatches(arrived.bytes, arrived.scan, reading)
        if (batch !== null) batches.push(batch)
      } catch (error) {
        if (!(error instanceof MalformedBytes)) throw error
        const failure = unreadable(reading, error)
        this.#troubles.note(failure)
        return fail(failure)
      }
      positions.push({ topic, partition, offset: arrived.scan.nextOffset })
    }
    return ok({ batches, positions })
  }

  /** Sends a fetch to every broker that has none under way and leads a partition that wants one. */
  #pump(): void {
    if (this.#stopping.signal.aborted || this.#troubles.areFatal) return
    const readings = [...this.#readings.values()]
    const wanting = readings.filter(({ wantsFetch }) => wantsFetch)
    const byNode = Map.groupBy(wanting, (reading) => this.#cluster.leader(reading)?.nodeId ?? nobody)
    const leaderless = byNode.get(nobody)
    if (leaderless !== undefined) this.#watch.look(leaderless.map(({ topic }) => topic))
    if (readings.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0) > this.#limits.maxBytes) return
    const { waitMs } = this.#limits
    const maxWaitMs = wanting.length === readings.length ? waitMs : Math.min(waitMs, shortWaitMs)
    for (const [nodeId, led] of byNode) {
      if (nodeId === nobody || this.#fetches.has(nodeId)) continue
      const asked = led.map((reading) => ({ reading, turn: reading.turn, offset: reading.position }))
      this.#start(nodeId, asked, maxWaitMs)
    }
  }

  #start(nodeId: number, asked: readonly Asked[], maxWaitMs: number): void {
    const fetching = this.#fetch(nodeId, asked, maxWaitMs)
      .catch((error: unknown) => {
        this.#bug ??= error
      })
      .finally(() => {
        this.#fetches.delete(nodeId)
        // a poll that waits takes what arrived at once: then the next fetch asks for those partitions, too
        if (!this.#isAwaited || !this.#hasArrivals()) this.#pump()
        this.#wake()
      })
    this.#fetches.set(nodeId, fetching)
  }

  async #fetch(nodeId: number, asked: readonly Asked[], maxWaitMs: number): Promise<void> {
    const connection = await this.#lines.connection(nodeId, this.#stopping.signal)
    const answer = connection.ok ? await connection.value.call(fetch, this.#request(asked, maxWaitMs)) : connection
    if (this.#stopping.signal.aborted) return
    if (!answer.ok) {
      this.#stumble(failureOfConnection(answer.error), asked)
    } else if (answer.value.errorCode !== errorCode.none) {
      this.#stumble(failureOfCode(answer.value.errorCode, 'fetching'), asked)
    } else {
      await this.#arrive(answer.value, asked)
    }
  }

  #request(asked: readonly Asked[], maxWaitMs: number) {
    const partitions = asked.map(({ reading, offset }) => ({
      topic: reading.topic,
      partition: reading.partition,
      offset,
      leaderEpoch: this.#cluster.leader(reading)?.epoch ?? -1,
      maxBytes: this.#options.maxBytesPerPartition,
    }))
    const { maxBytes } = this.#limits
    const { readCommitted } = this.#options
    return { maxWaitMs, minBytes: 1, maxBytes, readCommitted, topics: byTopic(partitions) }
  }

  async #arrive(response: FetchResponse, asked: readonly Asked[]): Promise<void> {
    const turns = new Map(asked.map((each) => [printTopicPartition(each.reading), each]))
    const frame = frameOf(response)
    // a partition that is worked on before the next one is looked at must not give the frame away
    if (frame !== undefined) this.#memory.hold(frame)
    for (const { name, partitions } of response.topics) {
      for (const fetched of partitions) {
        const each = turns.get(printTopicPartition({ topic: name, partition: fetched.partition }))
        // seek and assign begin another turn: what was asked before is of no use
        if (each !== undefined && each.reading.turn === each.turn) await this.#arrivePartition(each, fetched)
      }
    }
    if (frame !== undefined) this.#memory.release(frame)
  }

  async #arrivePartition(asked: Asked, fetched: FetchedPartition): Promise<void> {
    if (fetched.errorCode !== errorCode.none) {
      this.#refuse(asked.reading, fetched.errorCode)
      return
    }
    this.#watch.settle()
    this.#troubles.settle()
    const { records, aborted, lastStableOffset, highWatermark } = fetched
    asked.reading.endsAt(this.#options.readCommitted ? lastStableOffset : highWatermark)
    if (records === null || records.length === 0) return
    const scan = this.#scan(asked, records)
    if (scan === null) return
    for (const compression of scan.compressions) await this.#codecs.load(compression)
    const { reading } = asked
    if (!isStillWanted(asked)) return
    this.#memory.hold(records)
    reading.arrive({ bytes: records, scan, aborted })
    const key = printTopicPartition(reading)
    if (this.#readings.delete(key)) this.#readings.set(key, reading)
  }

  #scan({ reading: { topic, partition }, offset }: Asked, records: Buffer): BatchScan | null {
    try {
      const scan = scanBatches(records, offset)
      return scan.nextOffset > offset ? scan : null
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      this.#troubles.note(unreadable({ topic, partition, fromOffset: offset }, error))
      return null
    }
  }

  #refuse(reading: Reading, code: number): void {
    const { topic, partition } = reading
    const what = `fetching ${printTopicPartition(reading)}`
    if (code === errorCode.offsetOutOfRange) {
      const reason = `${what}: offset ${reading.position} is not in the log`
      this.#troubles.note({ kind: 'out-of-range', reason, partitions: [{ topic, partition }] })
      reading.stop()
      return
    }
    this.#troubles.note(failureOfCode(code, what))
    if (!isPassing(code)) return
    this.#cluster.forgetLeader(reading)
    this.#watch.look([topic])
  }

  /** Nobody answered: another broker may lead by now. */
  #stumble(failure: StreamFailure, asked: readonly Asked[]): void {
    this.#troubles.note(failure)
    for (const { reading } of asked) this.#cluster.forgetLeader(reading)
    this.#watch.look(asked.map(({ reading }) => reading.topic))
  }

  #looked(failure: StreamFailure | null): void {
    const missing = [...this.#readings.values()]
      .map(({ topic }) => this.#cluster.topicFailure(topic))
      .find((each) => each !== null)
    const trouble = failure ?? missing ?? null
    if (trouble !== null) this.#troubles.note(trouble)
    this.#pump()
    this.#wake()
  }
}

/** All records of a response lie in one. */
const frameOf = ({ topics }: FetchResponse): Buffer | undefined =>
  topics.flatMap(({ partitions }) => partitions).find(({ records }) => records !== null)?.records ?? undefined

/** Asked twice, of the old leader and of the new one, or moved since: the first answer that fits counts. */
function isStillWanted({ reading, turn, offset }: Asked): boolean {
  return reading.turn === turn && reading.arrived === null && reading.position === offset
}

function unreadable(from: TopicPartition & { fromOffset: number }, error: MalformedBytes): StreamFailure {
  const reason = `reading ${printTopicPartition(from)} from offset ${from.fromOffset}: ${error.message}`
  return { kind: 'fatal', reason, whatToDo: 'skip these records by committing a later offset for the group' }
}
