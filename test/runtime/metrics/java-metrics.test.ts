import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { catalogue } from '../../../src/runtime/metrics/catalogue.ts'
import { Spread } from '../../../src/runtime/metrics/spread.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

interface Registered {
  readonly group: string
  readonly name: string
  readonly tags: readonly string[]
}

interface Latency {
  readonly node: string
  readonly name: string
  readonly value: number
}

/** What Kafka Streams registers, one line each, and in the last line what it measures: test/java/metrics. */
const lines: readonly object[] = readFileSync(new URL('../../fixtures/java-metrics.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => Object(JSON.parse(line)))
const registered = lines.filter((line): line is Registered => 'group' in line)
const latencies = lines.find((line): line is { latencies: readonly Latency[] } => 'latencies' in line)?.latencies ?? []

const text = { keySerde: serdes.string, valueSerde: serdes.string }

const kindOf = ({ group, name, tags }: Registered): string =>
  `${group} ${name} ${tags
    .map((tag) => tag.replace(/^.*-state-id$/, '[store-scope]-id'))
    .toSorted()
    .join(',')}`

describe('the metrics of a worker', () => {
  it('have the groups, names and tags that Java registers', () => {
    const known = new Set(registered.map(kindOf))
    // A client that has not started has no state updater, and no standby.
    const isUnseen = ({ group, name }: Registered) =>
      group.startsWith('weir-') || group === 'stream-state-updater-metrics' || name.startsWith('update-')
    const others = catalogue.filter((kind) => !isUnseen(kind) && !known.has(kindOf(kind))).map(kindOf)
    assert.deepEqual(others, [])
  })

  it('are all that Java has of clients and threads, and lack of tasks and nodes only what the page names', () => {
    const ours = new Set(catalogue.map(kindOf))
    const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8')
    const [, told = ''] = /Not measured: ([^.]*)\./.exec(page) ?? []
    const missing = registered
      .filter((kind) => kind.group !== 'stream-state-metrics' && !ours.has(kindOf(kind)))
      .filter(({ name }) => !told.includes(`\`${name.replace(/(-latency)?-(rate|total|avg|min|max)$/, '')}`))
    assert.deepEqual(missing, [])
  })

  it('say how old records are at a source and where they end, as Java says it of the same records', () => {
    const builder = new StreamsBuilder()
    const from = builder.stream('lines', { ...text, name: 'from' })
    from.foreach(() => {}, { name: 'last' })
    from
      .process<string, string>(
        () => {
          let forward: (record: { key: string; value: string; timestamp: number; headers: [] }) => void
          return {
            init(context) {
              forward = (record) => context.forward(record)
            },
            process({ key, value, timestamp }) {
              if (value !== 'dropped') forward({ key, value, timestamp: timestamp + 100, headers: [] })
            },
          }
        },
        { name: 'later' },
      )
      .to('copies', { ...text, name: 'to' })
    const { task } = taskWorld(builder.build(), { topics: ['lines'], isWatched: true })
    task.enqueue(textBatch('lines', [['k', 'one', 9_000]]))
    task.process(1, 10_000)
    task.enqueue(textBatch('lines', [['k', 'dropped', 4_000]], 1))
    task.process(1, 10_000)
    task.enqueue(textBatch('lines', [['k', 'two', 12_000]], 2))
    task.process(1, 11_000)
    const measured = [...task.counts.latencies].flatMap(([node, spread]) =>
      Object.entries(spread.read(0)).map(([name, value]) => ({ node, name: `record-e2e-latency-${name}`, value })),
    )
    const inOrder = (all: readonly Latency[]) => all.map((each) => JSON.stringify(each)).toSorted()
    assert.deepEqual(inOrder(measured), inOrder(latencies))
  })
})

describe('a spread', () => {
  it('forgets what is older than its window, and says NaN of nothing', () => {
    const spread = new Spread()
    assert.deepEqual(spread.read(0), { avg: Number.NaN, min: Number.NaN, max: Number.NaN })
    for (const value of [1, 9]) spread.add(value)
    assert.deepEqual(spread.read(10_000), { avg: 5, min: 1, max: 9 })
    assert.deepEqual(spread.read(30_000), { avg: 5, min: 1, max: 9 })
    spread.add(3)
    assert.deepEqual(spread.read(59_999), { avg: 13 / 3, min: 1, max: 9 })
    assert.deepEqual(spread.read(60_000), { avg: 3, min: 3, max: 3 })
  })
})
