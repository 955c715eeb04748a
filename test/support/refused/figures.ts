import {
  hopping,
  type KTable,
  type Optimization,
  serdes,
  sessions,
  sliding,
  StreamsBuilder,
  timeWindowedSerde,
  type TopologyBuilder,
  tumbling,
  type Windowed,
  within,
} from '../../../src/index.ts'
import { dsl, nodes, nothing, pass, read, store, texts, type Twin, value } from './twin.ts'

const counted = { keySerde: serdes.string, valueSerde: serdes.long }
const windowedTexts = { keySerde: timeWindowedSerde(serdes.string, 10), valueSerde: serdes.string }
const tenMs = within({ differenceMs: 10 })
const left = (one: string): string => one
const foreign = (text: string): string => text
const latest = (_key: string, text: string): string => text
const held = { until: { timeLimitMs: 10 } } as const
const closing = { until: 'window-close' } as const
const late = (graceMs: number) => ({ ...texts, name: 'j', graceMs })
const versioned = (b: StreamsBuilder) => b.table('v', texts, { name: 'v-store', historyRetentionMs: 50 })
const tumbled = (b: StreamsBuilder) =>
  read(b, 'a')
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 10 }))
const windowed = (b: StreamsBuilder): KTable<Windowed<string>, number> => tumbled(b).count({ name: 'c' })
const behind = (b: StreamsBuilder, topic: string, name: string, partitions?: number) =>
  read(b, topic).repartition({ name, ...(partitions !== undefined && { partitions }) })
const withStore = (t: TopologyBuilder) =>
  t.addSource('s', 'a', texts).addProcessor('p', nothing, 's').addStateStore(store('st'), 'p')

const windows: Readonly<Record<string, Twin>> = {
  'sliding windows with a negative grace': value(
    () => sliding({ differenceMs: 1, graceMs: -1 }),
    /graceMs must be .* not -1/,
  ),
  'sessions with a negative gap': value(() => sessions({ gapMs: -1 }), /gapMs must be .* not -1/),
  'a negative advance': value(
    () => hopping({ sizeMs: 10, advanceMs: -1 }),
    /advanceMs must be above 0 .*sizeMs \(10\), not -1/,
  ),
  'a join whose window ends before it begins, the other way': value(
    () => within({ beforeMs: 10, afterMs: -20 }),
    /leave a window, not 10 and -20/,
  ),
  'a join within no time': value(() => within({ differenceMs: 0 }), /never/),
  'a join that looks back only': value(() => within({ beforeMs: 10, afterMs: -5 }), /never/),
  'tumbling windows kept for less than their size': dsl(
    (b) => tumbled(b).count({ name: 'x', retentionMs: 9 }),
    /retentionMs of store x must be 10 or more, its windows and grace, not 9/,
  ),
  'tumbling windows kept for less than size and grace': dsl(
    (b) =>
      read(b, 'a')
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
        .count({ name: 'x', retentionMs: 14 }),
    /retentionMs of store x must be 15 or more, its windows and grace, not 14/,
  ),
  'tumbling windows kept for size and grace': dsl((b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
      .count({ name: 'x', retentionMs: 15 }),
  ),
  'sliding windows kept for less than twice their difference': dsl(
    (b) =>
      read(b, 'a')
        .groupByKey()
        .windowedBy(sliding({ differenceMs: 10 }))
        .count({ name: 'x', retentionMs: 19 }),
    /retentionMs of store x must be 20 or more, its windows and grace, not 19/,
  ),
  'sessions kept for less than gap and grace': dsl(
    (b) =>
      read(b, 'a')
        .groupByKey()
        .windowedBy(sessions({ gapMs: 10, graceMs: 5 }))
        .count({ name: 'x', retentionMs: 14 }),
    /retentionMs of store x must be 15 or more, its windows and grace, not 14/,
  ),
  'a negative retention': dsl(
    (b) => tumbled(b).count({ name: 'x', retentionMs: -1 }),
    /retentionMs of store x must be 10 or more, its windows and grace, not -1/,
  ),
  'a cogroup in windows kept for less than their size': dsl(
    (b) =>
      read(b, 'a')
        .groupByKey()
        .cogroup<string>(latest)
        .windowedBy(tumbling({ sizeMs: 10 }))
        .aggregate(() => '', { ...texts, name: 'x', retentionMs: 9 }),
    /retentionMs of store x must be 10 or more, its windows and grace, not 9/,
  ),
  'sessions that emit on close': dsl((b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(sessions({ gapMs: 10 }))
      .emit('on-close')
      .count(),
  ),
  'sliding windows that emit on close': dsl((b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(sliding({ differenceMs: 10 }))
      .emit('on-close')
      .count(),
  ),
}

const tables: Readonly<Record<string, Twin>> = {
  'window close behind a filter of windows': dsl((b) => windowed(b).filter(pass).suppress(closing)),
  'window close behind a filter of no windows': dsl((b) =>
    b
      .table('a', { ...texts, name: 'src' })
      .filter(pass, undefined, { name: 'f' })
      .suppress(closing),
  ),
  'window close of a count without windows': dsl((b) =>
    read(b, 'a').groupByKey().count({ name: 'x' }, { name: 'c' }).suppress(closing),
  ),
  'window close of windows that were counted anew': dsl((b) =>
    windowed(b)
      .groupBy(({ key }, count) => [key, count], { ...counted, name: 'g' })
      .count({ name: 'n' })
      .suppress(closing),
  ),
  'window close of windows joined with a table': dsl((b) => {
    const other = b.table<Windowed<string>, string>('t', { ...windowedTexts, name: 'src' })
    windowed(b)
      .mapValues(() => '', { valueSerde: serdes.string })
      .join(other, left, undefined, { name: 'j' })
      .suppress(closing)
  }),
  'a suppression of a versioned table': dsl((b) => versioned(b).suppress(held)),
  'a suppression behind a filter of a versioned table': dsl((b) => versioned(b).filter(pass).suppress(held)),
  'a suppression behind a mapping, with serdes, of a versioned table': dsl((b) =>
    versioned(b).mapValues(left, texts).suppress(held),
  ),
  'a suppression behind a store of a versioned table': dsl((b) =>
    versioned(b).filter(pass, { name: 'x' }).suppress(held),
  ),
  'a suppression behind a suppression': dsl((b) => b.table('a', texts).suppress(held).suppress(held)),
  'a join with grace of a filtered versioned table': dsl((b) =>
    read(b, 'a').join(versioned(b).filter(pass), left, late(10)).to('b', texts),
  ),
  'a join with grace of a mapped versioned table': dsl((b) =>
    read(b, 'a').join(versioned(b).mapValues(left), left, late(10)).to('b', texts),
  ),
  'a left join with grace of a table of a stream': dsl(
    (b) =>
      read(b, 'a')
        .leftJoin(read(b, 'c').toTable({ name: 'x' }), left, late(10))
        .to('b', texts),
    /KTable must be versioned to use a grace period in a stream table join\.$/,
  ),
  'a join with grace as long as the history': dsl((b) =>
    read(b, 'a').join(versioned(b), left, late(50)).to('b', texts),
  ),
  'a join with grace beyond the history': dsl(
    (b) => read(b, 'a').join(versioned(b), left, late(51)).to('b', texts),
    /History retention must be at least grace period\.$/,
  ),
  'a join of streams with themselves under two names': dsl((b) => {
    const stream = read(b, 'a')
    stream.join(stream, left, tenMs, { storeName: 'x', name: 'n' }).to('b', texts)
  }),
}

const partitions: Readonly<Record<string, Twin>> = {
  'a repartition topic of -1 partitions': dsl((b) => behind(b, 'a', 'x', -1).to('b')),
  'a join of repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .join(behind(b, 'c', 'r', 4), left, tenMs, texts)
      .to('b', texts),
  ),
  'a join of repartition topics of 4 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 4)
      .join(behind(b, 'c', 'r', 4), left, tenMs, texts)
      .to('b', texts),
  ),
  'a join of repartition topics of 3 and any partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .join(behind(b, 'c', 'r'), left, tenMs, texts)
      .to('b', texts),
  ),
  'a cogroup of repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .groupByKey()
      .cogroup<string>(latest)
      .cogroup(behind(b, 'c', 'r', 4).groupByKey(), latest)
      .aggregate(() => '', texts),
  ),
  'a join of tables behind repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .toTable()
      .join(behind(b, 'c', 'r', 4).toTable(), left),
  ),
  'a join of a stream and a table behind repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .join(behind(b, 'c', 'r', 4).toTable(), left)
      .to('b', texts),
  ),
  'a merge of repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .merge(behind(b, 'c', 'r', 4))
      .to('b'),
  ),
  'a join by a foreign key of repartition topics of 3 and 4 partitions': dsl((b) =>
    behind(b, 'a', 'l', 3)
      .toTable()
      .join(behind(b, 'c', 'r', 4).toTable(), foreign, left),
  ),
}

const parts: Readonly<Record<string, Twin>> = {
  'a sink without parents': nodes((t) => t.addSink('k', 'b', [], texts)),
  'a sink whose parent is not there': nodes((t) => t.addSink('k', 'b', 'nobody', texts)),
  'a sink that is its own parent': nodes((t) => t.addSink('k', 'b', 'k', texts)),
  'a sink behind a sink': nodes((t) =>
    t.addSource('s', 'a', texts).addSink('k', 'b', 's', texts).addSink('l', 'c', 'k', texts),
  ),
  'a sink named as a source': nodes((t) => t.addSource('s', 'a', texts).addSink('s', 'b', 's', texts)),
  'two sources of one node name': nodes((t) => t.addSource('s', 'a', texts).addSource('s', 'b', texts)),
  'a connection of a processor that is not there': nodes((t) => withStore(t).connectProcessorAndStateStores('q', 'st')),
  'a connection of a source': nodes((t) => withStore(t).connectProcessorAndStateStores('s', 'st')),
  'a connection of a sink': nodes((t) =>
    withStore(t).addSink('k', 'b', 'p', texts).connectProcessorAndStateStores('k', 'st'),
  ),
  'a connection that is there already': nodes((t) => withStore(t).connectProcessorAndStateStores('p', 'st')),
  'two different stores of one name': nodes((t) => withStore(t).addStateStore(store('st'), 'p')),
  'a store that nobody uses': nodes((t) => t.addSource('s', 'a', texts).addStateStore(store('st'))),
  'one parent, named twice': nodes((t) => t.addSource('s', 'a', texts).addProcessor('p', nothing, ['s', 's'])),
  'a source of a topic named twice': nodes((t) => t.addSource('s', ['a', 'a'], texts)),
  'a node with an illegal name': nodes((t) => t.addSource('a b', 'a', texts)),
  'processors that bring two stores of one name': nodes((t) =>
    t
      .addSource('s', 'a', texts)
      .addProcessor('p', nothing, 's', { stores: [store('st')] })
      .addProcessor('q', nothing, 's', { stores: [store('st')] }),
  ),
  'processors that bring one store': nodes((t) => {
    const shared = store('st')
    t.addSource('s', 'a', texts)
      .addProcessor('p', nothing, 's', { stores: [shared] })
      .addProcessor('q', nothing, 's', { stores: [shared] })
  }),
}

/** A value that no type lets through, as from a file. */
const optimized = (optimization: Optimization, about?: RegExp): Twin => ({
  build: () => {
    const builder = new StreamsBuilder()
    read(builder, 'a').to('b')
    return builder.build({ optimization })
  },
  ...(about !== undefined && { about }),
})
const untyped = (json: string): Optimization => JSON.parse(json)
const acceptable = /optimization must be 'all', 'none' or a list of .*single\.store\.self\.join.*, not /

const optimizations: Readonly<Record<string, Twin>> = {
  'optimization: everything': optimized(untyped('"everything"'), acceptable),
  'optimization: all,merge.repartition.topics': optimized(untyped('["all","merge.repartition.topics"]'), acceptable),
  'optimization: none,single.store.self.join': optimized(untyped('["none","single.store.self.join"]'), acceptable),
  'optimization: merge.repartition.topics,nothing': optimized(
    untyped('["merge.repartition.topics","nothing"]'),
    acceptable,
  ),
  'optimization: ': optimized(untyped('""'), acceptable),
  'optimization: merge.repartition.topics,single.store.self.join': optimized([
    'merge.repartition.topics',
    'single.store.self.join',
  ]),
}

/** test/java/refusals/Operators.java, in its order, from its windows on. */
export const figures: Readonly<Record<string, Twin>> = {
  ...windows,
  ...tables,
  ...partitions,
  ...parts,
  ...optimizations,
}
