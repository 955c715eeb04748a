import { loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type AwaitOrder, serdes, StreamsBuilder } from '../../src/index.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import type { RecordBatch } from '../../src/kafka/record.ts'
import { Waker } from '../../src/runtime/await/waker.ts'
import { createTask } from '../../src/runtime/task/create-task.ts'
import type { Tell } from '../run-by-name.ts'
import type { Bench } from './bench.ts'
import { describeMachine } from './machine.ts'
import { markdownTable } from './markdown-table.ts'
import { writeResults } from './write-results.ts'

export const bench: Bench = {
  summary: 'calls that await, in one task: what one costs, and how near to concurrency ÷ latency they come',
  usage: '[--records 200000]',
  async run(args, tell) {
    const { values } = parseArgs({ args: [...args], options: { records: { type: 'string', default: '200000' } } })
    await measure(Number(values.records), tell)
  },
}

interface Case {
  readonly order: AwaitOrder
  readonly concurrency: number
  /** 0: the call answers at once, and what is measured is what a call costs. */
  readonly latencyMs: number
}

const cases: readonly Case[] = [
  { order: 'key', concurrency: 16, latencyMs: 0 },
  { order: 'partition', concurrency: 16, latencyMs: 0 },
  { order: 'none', concurrency: 16, latencyMs: 0 },
  { order: 'key', concurrency: 16, latencyMs: 20 },
  { order: 'partition', concurrency: 16, latencyMs: 20 },
  { order: 'key', concurrency: 256, latencyMs: 20 },
]
/** How long the cases with a latency run. */
const slowMs = 3_000
const keys = 10_000

async function measure(records: number, tell: Tell): Promise<void> {
  const machine = describeMachine(loadavg()[0] ?? 0)
  const rows = []
  for (const each of cases) {
    const { concurrency, latencyMs } = each
    const ceiling = latencyMs === 0 ? undefined : Math.round((concurrency * 1000) / latencyMs)
    await run(each, latencyMs === 0 ? Math.min(10_000, records) : concurrency * 5) // warm
    const count = ceiling === undefined ? records : Math.round((ceiling * slowMs) / 1000)
    const { wallMs, cpuMs } = await run(each, count)
    const row = { ...each, ceiling, perSecond: per(count, wallMs), perCpuSecond: per(count, cpuMs) }
    rows.push(row)
    tell(JSON.stringify(row))
  }
  const markdown = markdownTable(
    ['order', 'concurrency', 'latency ms', 'calls /s', 'at most /s', 'calls /CPU-s'],
    rows.map(({ order, concurrency, latencyMs, perSecond, ceiling, perCpuSecond }) =>
      [order, concurrency, latencyMs, perSecond, ceiling ?? '', perCpuSecond].map(String),
    ),
  )
  for (const line of markdown) tell(line)
  tell(`written to ${await writeResults({ name: 'await', machine, rows, markdown })}`)
}

const per = (count: number, ms: number) => Math.round((count * 1000) / ms)

/** One task works through its records as a stream thread has it do. */
async function run(
  { order, concurrency, latencyMs }: Case,
  records: number,
): Promise<{ wallMs: number; cpuMs: number }> {
  const texts = { keySerde: serdes.string, valueSerde: serdes.string }
  const builder = new StreamsBuilder()
  const call = latencyMs === 0 ? async (value: string) => value : (value: string) => setTimeout(latencyMs, value)
  builder.stream('in', texts).mapValuesAsync(call, { order, concurrency }).to('out', texts)
  const waker = new Waker()
  const sent = { count: 0 }
  const task = createTask(builder.build(), { subtopology: 0, partition: 0 }, [{ topic: 'in', partition: 0 }], {
    applicationId: 'bench',
    collector: { send: () => void (sent.count += 1) },
    openEngine: () => {
      throw new Error('this topology has no store')
    },
    awaiting: {
      clock: systemClock,
      pause: (ms, signal) => systemClock.sleep(ms, signal),
      random: Math.random,
      wake: () => waker.wake(),
      mostMs: undefined,
    },
    cacheBytes: 0,
    log: () => {},
  })
  task.enqueue(batchOf(records))
  const [cpu, beginMs] = [process.cpuUsage(), performance.now()]
  while (sent.count < records) {
    task.process(250, 0)
    if (sent.count < records && !task.hasWork) await waker.whileAsleep(new AbortController().signal, awake)
  }
  const { user, system } = process.cpuUsage(cpu)
  const wallMs = performance.now() - beginMs
  task.close()
  return { wallMs, cpuMs: (user + system) / 1000 }
}

function awake(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function batchOf(length: number): RecordBatch {
  const allKeys = Array.from({ length: keys }, (_, at) => Buffer.from(`key ${at}`))
  const value = Buffer.from('some forty bytes of a value, more or less')
  return {
    topic: 'in',
    partition: 0,
    length,
    offset: (index) => index,
    timestamp: (index) => index,
    key: (index) => allKeys[index % keys] ?? null,
    value: () => value,
    headers: () => [],
  }
}
