import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type KStream, StreamsBuilder, within } from '../../../src/index.ts'
import { planTasks, topicsOf } from '../../../src/runtime/assign/stream-tasks.ts'
import { refusalsOf } from '../../support/refused/java-refusals.ts'
import { read, texts } from '../../support/refused/twin.ts'

const windows = within({ differenceMs: 10 })
const left = (one: string): string => one
const latest = (_key: string, text: string): string => text
const byValue = latest
const table = (b: StreamsBuilder, topic: string) => b.table(topic, texts)
const behind = (b: StreamsBuilder, topic: string, name: string, partitions?: number) =>
  read(b, topic).repartition({ name, ...(partitions !== undefined && { partitions }) })
const write = (stream: KStream<string, string>) => stream.to('out', texts)
const other = (b: StreamsBuilder) => write(behind(b, 'e', 'x'))

/** test/java/refusals/Partitions.java, in its order. */
const twins: Readonly<Record<string, (b: StreamsBuilder) => unknown>> = {
  'streams of 3 and 4 partitions and no repartition topic at all': (b) =>
    write(read(b, 'a').join(read(b, 'c'), left, windows)),
  'streams of 3 and 4 partitions': (b) => {
    write(read(b, 'a').join(read(b, 'c'), left, windows))
    other(b)
  },
  'streams of 3 and 3 partitions': (b) => {
    write(read(b, 'a').join(read(b, 'c'), left, windows))
    other(b)
  },
  'a left join of streams': (b) => {
    write(read(b, 'a').leftJoin(read(b, 'c'), left, windows))
    other(b)
  },
  'an outer join of streams': (b) => {
    write(read(b, 'a').outerJoin(read(b, 'c'), (one) => one ?? '', windows))
    other(b)
  },
  'a stream and a table': (b) => {
    write(read(b, 'a').join(table(b, 't'), left))
    other(b)
  },
  'a stream and a global table': (b) => {
    write(read(b, 'a').join(b.globalTable('g', texts), (key) => key, left))
    other(b)
  },
  'two tables': (b) => {
    write(table(b, 't').join(table(b, 'u'), left).toStream())
    other(b)
  },
  'two tables by a foreign key': (b) => write(table(b, 't').join(table(b, 'u'), left, left).toStream()),
  'three tables, two equal': (b) => {
    write(table(b, 't').join(table(b, 'u'), left).join(table(b, 'w'), left).toStream())
    other(b)
  },
  'a stream and two tables that differ': (b) => {
    write(read(b, 'a').join(table(b, 't'), left).join(table(b, 'u'), left))
    other(b)
  },
  'merged streams that differ, joined with one': (b) => {
    write(read(b, 'a').merge(read(b, 'b')).join(read(b, 'c'), left, windows))
    other(b)
  },
  'merged streams that differ': (b) => {
    write(read(b, 'a').merge(read(b, 'b')))
    other(b)
  },
  'a source of two topics that differ, joined': (b) => {
    write(b.stream(['a', 'b'], texts).join(read(b, 'c'), left, windows))
    other(b)
  },
  'a source of two topics that differ, counted': (b) => {
    b.stream(['a', 'b'], texts).groupByKey().count()
    other(b)
  },
  'a cogroup of topics that differ': (b) => {
    read(b, 'a')
      .groupByKey()
      .cogroup<string>(latest)
      .cogroup(read(b, 'b').groupByKey(), latest)
      .aggregate(() => '', texts)
    other(b)
  },
  'a cogroup of streams with other keys': (b) =>
    read(b, 'a')
      .groupBy(byValue, { ...texts, name: 'g' })
      .cogroup<string>(latest)
      .cogroup(read(b, 'b').groupBy(byValue, { ...texts, name: 'h' }), latest)
      .aggregate(() => '', texts),
  'a repartition topic of 5 joined with a topic of 3': (b) =>
    write(behind(b, 'a', 'x', 5).join(read(b, 'c'), left, windows)),
  'a topic of 3 joined with a repartition topic of 5': (b) =>
    write(read(b, 'c').join(behind(b, 'a', 'x', 5), left, windows)),
  'a repartition topic of 3 joined with a topic of 3': (b) =>
    write(behind(b, 'a', 'x', 3).join(read(b, 'c'), left, windows)),
  'a repartition topic joined with a topic of 3': (b) => write(behind(b, 'a', 'x').join(read(b, 'c'), left, windows)),
  'a repartition topic of 5 joined with a table of 3': (b) => write(behind(b, 'a', 'x', 5).join(table(b, 't'), left)),
  'a table behind a repartition topic of 5 joined with one of 3': (b) =>
    write(behind(b, 'a', 'x', 5).toTable().join(table(b, 't'), left).toStream()),
  'a repartition topic of 5 joined with topics that differ': (b) =>
    write(behind(b, 'a', 'x', 5).join(read(b, 'c'), left, windows).join(read(b, 'd'), left, windows, texts)),
  'repartition topics of 3 and any': (b) => write(behind(b, 'a', 'x', 3).join(behind(b, 'c', 'y'), left, windows)),
  'repartition topics of any and any': (b) => write(behind(b, 'a', 'x').join(behind(b, 'c', 'y'), left, windows)),
  'repartition topics of 3, 4 and any, cogrouped': (b) =>
    behind(b, 'a', 'x', 3)
      .groupByKey()
      .cogroup<string>(latest)
      .cogroup(behind(b, 'c', 'y', 4).groupByKey(), latest)
      .cogroup(behind(b, 'd', 'z').groupByKey(), latest)
      .aggregate(() => '', texts),
  'repartition topics of 3 and 4 merged and joined with any': (b) =>
    write(
      behind(b, 'a', 'x', 3)
        .merge(behind(b, 'c', 'y', 4))
        .join(behind(b, 'd', 'z'), left, windows),
    ),
  'a join by a foreign key of tables behind repartition topics': (b) =>
    write(
      behind(b, 'a', 'x', 3)
        .toTable()
        .join(behind(b, 'c', 'y', 4).toTable(), left, left)
        .toStream(),
    ),
  'a stream joined with itself': (b) => {
    const stream = read(b, 'a')
    write(stream.join(stream, left, windows))
    other(b)
  },
  'two joins that both differ': (b) => {
    write(read(b, 'a').join(read(b, 'c'), left, windows))
    write(table(b, 't').join(table(b, 'u'), left).toStream())
    other(b)
  },
  'a repartition topic of 5 with a table of 3, and one that another task reads': (b) => {
    write(behind(b, 'a', 'x', 5).join(table(b, 't'), left))
    behind(b, 'c', 'y', 4).groupByKey().count()
  },
  'a stream counted by another key and joined with a table of 6': (b) =>
    write(
      read(b, 'a')
        .groupBy(byValue, { ...texts, name: 'g' })
        .reduce((_before, value) => value, texts)
        .join(table(b, 't'), left)
        .toStream(),
    ),
  'a pattern that fits topics that differ, joined': (b) => {
    write(b.stream(/l./, texts).join(read(b, 'c'), left, windows))
    other(b)
  },
  'a pattern that fits equal topics, joined with one that differs': (b) => {
    write(b.stream(/l./, texts).join(table(b, 't'), left))
    other(b)
  },
  'a pattern that fits equal topics, joined with an equal one': (b) => {
    write(b.stream(/l./, texts).join(table(b, 't'), left))
    other(b)
  },
  'a topic that two patterns fit': (b) => {
    write(b.stream(/a.*/, texts))
    write(b.stream(/.*b/, texts))
  },
}

const java = refusalsOf('at start: ')

/** Kafka Streams looks at joins only where the topology has a repartition topic, and lets this one lose records. */
const stricter: Readonly<Record<string, string>> = {
  'streams of 3 and 4 partitions and no repartition topic at all': 'Topics not co-partitioned: [{a=3, c=4}]',
}

/** What is wrong with the user's topics; internal ones have any number. */
function refusals(make: (b: StreamsBuilder) => unknown, partitions: Readonly<Record<string, number>>) {
  const builder = new StreamsBuilder()
  make(builder)
  const topology = builder.build()
  const wire = { applicationId: 'test', topicPrefix: '' }
  const listed = Object.keys(partitions)
  const all = new Map(topicsOf(topology, wire, listed).map((topic) => [topic, partitions[topic] ?? 1]))
  const tasks = planTasks(topology, wire, all)
  return tasks.ok ? [] : tasks.error.filter((reason) => !reason.startsWith('internal topic '))
}

describe('partitions that the leader of a group of Kafka Streams refuses are refused here in its words', () => {
  it('every case that Java was asked has its twin', () => {
    assert.deepEqual(
      Object.keys(twins),
      java.map(({ name }) => name),
    )
  })

  for (const { name, partitions = {}, error } of java) {
    const words = error?.replace('TopologyException: Invalid topology: ', '') ?? stricter[name]
    it(`${name}${words === undefined ? ': is taken by both' : ''}`, () => {
      const told = refusals(twins[name] ?? assert.fail(`${name} has no twin`), partitions)
      assert.deepEqual(
        told.map((reason) => reason.slice(0, reason.lastIndexOf(': '))),
        words === undefined ? [] : [words],
      )
    })
  }
})
