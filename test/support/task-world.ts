import type { Topology } from '../../src/index.ts'
import type { OutgoingRecord, RecordBatch } from '../../src/kafka/record.ts'
import type { StoreEngine } from '../../src/runtime/store/engine.ts'
import type { ErrorHandling } from '../../src/runtime/task/error-plan.ts'
import { MemoryEngine } from '../../src/runtime/store/memory-engine.ts'
import { createTask } from '../../src/runtime/task/create-task.ts'
import { RecordCache } from '../../src/runtime/store/record-cache.ts'
import { TaskContext } from '../../src/runtime/task/task-context.ts'
import type { StreamTask } from '../../src/runtime/task/task.ts'

/** A task with everything it needs around it, and what it sent and wrote. */
export function taskWorld(
  topology: Topology,
  options: {
    readonly subtopology?: number
    readonly topics: readonly string[]
    readonly cacheBytes?: number
    readonly isWatched?: boolean
    readonly errors?: ErrorHandling
    /** Is given what the task sends, in place of `sent`. */
    readonly collect?: (record: OutgoingRecord) => void
  },
): { readonly task: StreamTask; readonly sent: OutgoingRecord[]; readonly engines: Map<string, StoreEngine> } {
  const sent: OutgoingRecord[] = []
  const engines = new Map<string, StoreEngine>()
  const partitions = options.topics.map((topic) => ({ topic, partition: 0 }))
  const task = createTask(topology, { subtopology: options.subtopology ?? 0, partition: 0 }, partitions, {
    applicationId: 'app',
    collector: { send: options.collect ?? ((record) => sent.push(record)) },
    openEngine: ({ name }) => {
      const engine = new MemoryEngine()
      engines.set(name, engine)
      return engine
    },
    errors: options.errors ?? {},
    cacheBytes: options.cacheBytes ?? 0,
    isWatched: options.isWatched ?? false,
    log: () => {},
  })
  return { task, sent, engines }
}

/** What a store needs around it: an engine, and somewhere to send its changelog to. */
export function contextOver(engine: StoreEngine, sent: OutgoingRecord[]): TaskContext {
  return new TaskContext({
    taskId: '0_0',
    partition: 0,
    applicationId: 'app',
    collector: { send: (record) => sent.push(record) },
    openEngine: () => engine,
    cache: new RecordCache(0),
    globalStores: new Map(),
    errors: {},
    emitIntervalMs: 0,
    log: () => {},
  })
}

export type Row = readonly [key: string | null, value: string | null, timestamp: number]

/** A fetched batch of text records, numbered from `firstOffset`. */
export function textBatch(topic: string, rows: readonly Row[], firstOffset = 0): RecordBatch {
  const bytes = (text: string | null | undefined) => (text === null || text === undefined ? null : Buffer.from(text))
  return {
    topic,
    partition: 0,
    length: rows.length,
    offset: (index) => firstOffset + index,
    timestamp: (index) => rows[index]?.[2] ?? 0,
    key: (index) => bytes(rows[index]?.[0]),
    value: (index) => bytes(rows[index]?.[1]),
    headers: () => [],
  }
}
