import { type StreamsBuilder, tumbling, within } from '../../../src/index.ts'
import { dsl, nothing, pass, read, store, texts, type Twin } from './twin.ts'

const tenMs = within({ differenceMs: 10 })
const left = (one: string): string => one
const byValue = (_key: string, text: string): string => text
const foreign = (text: string): string => text
const latest = (_key: string, text: string): string => text
const held = { until: { timeLimitMs: 10 } } as const
const table = (b: StreamsBuilder, topic: string) => b.table(topic, texts)
const tumbled = (b: StreamsBuilder) =>
  read(b, 'a')
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 10 }))

const names: Readonly<Record<string, Twin>> = {
  'a source with an illegal name': dsl((b) => b.stream('a', { ...texts, name: 'a b' })),
  'a table source with an illegal name': dsl((b) => b.table('a', { ...texts, name: 'a/b' })),
  'a sink with an empty name': dsl((b) => read(b, 'a').to('b', { name: '' })),
  'a grouping with an illegal name': dsl((b) =>
    read(b, 'a')
      .groupBy(byValue, { ...texts, name: 'a b' })
      .count(),
  ),
  'a repartition with an illegal name': dsl((b) => read(b, 'a').repartition({ name: 'a b' }).to('b')),
  'a repartition with an empty name': dsl((b) => read(b, 'a').repartition({ name: '' }).to('b')),
  'a join with a table under an illegal name': dsl((b) =>
    read(b, 'a').join(table(b, 't'), left, { name: 'a b' }).to('b', texts),
  ),
  'a join of streams under an illegal name': dsl((b) =>
    read(b, 'a').join(read(b, 'c'), left, tenMs, { storeName: 's', name: 'a b' }).to('b', texts),
  ),
  'a join of streams with stores of an illegal name': dsl((b) =>
    read(b, 'a').join(read(b, 'c'), left, tenMs, { storeName: 'a b' }).to('b', texts),
  ),
  'a join of tables under an illegal name': dsl((b) =>
    table(b, 'a').join(table(b, 'b'), left, undefined, { name: 'a b' }),
  ),
  'a join of tables into a store of an illegal name': dsl((b) =>
    table(b, 'a').join(table(b, 'b'), left, { ...texts, name: 'a b' }),
  ),
  'a join by a foreign key under an illegal name': dsl((b) =>
    table(b, 'a').join(table(b, 'b'), foreign, left, undefined, { name: 'a b' }),
  ),
  'a join with a global table under an illegal name': dsl((b) =>
    read(b, 'a')
      .join(b.globalTable('g', texts), (key) => key, left, { name: 'a b' })
      .to('b', texts),
  ),
  'a suppression with an illegal name': dsl((b) => table(b, 'a').suppress({ ...held, name: 'a b' })),
  'a suppression with an empty name': dsl((b) => table(b, 'a').suppress({ ...held, name: '' })),
  'a split with an illegal name': dsl((b) => read(b, 'a').split({ name: 'a b' }).noDefaultBranch()),
  'a branch with an illegal name': dsl((b) => read(b, 'a').split().branch(pass, { name: 'a b' }).noDefaultBranch()),
  'a default branch with an illegal name': dsl((b) => read(b, 'a').split().defaultBranch({ name: 'a b' })),
  'a merge with an illegal name': dsl((b) => read(b, 'a').merge(read(b, 'b'), { name: 'a b' }).to('c')),
  'a map with an illegal name': dsl((b) =>
    read(b, 'a')
      .map((key, text) => [key, text], { name: 'ä' })
      .to('c', texts),
  ),
  'a stream of a table under an illegal name': dsl((b) => table(b, 'a').toStream({ name: 'a b' }).to('c')),
  'a table of a stream under an illegal name': dsl((b) => read(b, 'a').toTable(undefined, { name: 'a b' })),
  'a processor with an illegal name': dsl((b) => read(b, 'a').process(nothing, { name: 'a b' })),
  'a printer with an illegal name': dsl((b) => read(b, 'a').print(() => undefined, { name: 'a b' })),
  'a cogroup with an illegal name': dsl((b) =>
    read(b, 'a')
      .groupByKey()
      .cogroup<string>(latest)
      .aggregate(() => '', texts, { name: 'a b' }),
  ),
  'windows with a store of an illegal name': dsl((b) => tumbled(b).count({ name: 'a b' })),
  'a table with a store of an empty name': dsl((b) => b.table('a', texts, { name: '' })),
  'a table with a store of 250 letters': dsl((b) => b.table('a', texts, { name: 'x'.repeat(250) })),
  'a global table with a store of an illegal name': dsl((b) => b.globalTable('a', texts, { name: 'a b' })),
  'a store of a processor with an illegal name': dsl((b) => b.addStateStore(store('a b'))),
  'a name of 249 letters': dsl((b) => read(b, 'a').filter(pass, { name: 'x'.repeat(249) })),
}

const twice: Readonly<Record<string, Twin>> = {
  'two branches of one name': dsl((b) =>
    read(b, 'a').split().branch(pass, { name: 'x' }).branch(pass, { name: 'x' }).noDefaultBranch(),
  ),
  'two default branches': dsl((b) => {
    const split = read(b, 'a').split()
    split.defaultBranch()
    split.defaultBranch()
  }),
  'a branch after the default branch': dsl((b) => {
    const split = read(b, 'a').split()
    split.defaultBranch()
    split.branch(pass)
  }),
  'two splits of one stream': dsl((b) => {
    const stream = read(b, 'a')
    stream.split().defaultBranch()
    stream.split().defaultBranch()
  }),
  'two splits of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.split({ name: 'x' }).defaultBranch()
    stream.split({ name: 'x' }).defaultBranch()
  }),
  'two sources of one name': dsl((b) => {
    b.stream('a', { ...texts, name: 'x' })
    b.stream('b', { ...texts, name: 'x' })
  }),
  'two sinks of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.to('b', { name: 'x' })
    stream.to('c', { name: 'x' })
  }),
  'two repartition topics of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.repartition({ name: 'x' }).to('b')
    stream.repartition({ name: 'x' }).to('c')
  }),
  'two groupings of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.groupBy(byValue, { ...texts, name: 'x' }).count()
    stream.groupBy(byValue, { ...texts, name: 'x' }).count()
  }),
  'one named grouping that is used twice': dsl((b) => {
    const grouped = read(b, 'a').groupBy(byValue, { ...texts, name: 'x' })
    grouped.count()
    grouped.count()
  }),
  'two suppressions of one name': dsl((b) => {
    const held1 = table(b, 'a')
    held1.suppress({ ...held, name: 'x' })
    held1.suppress({ ...held, name: 'x' })
  }),
  'two joins of one name': dsl((b) => {
    const stream = read(b, 'a')
    const other = table(b, 't')
    stream.join(other, left, { name: 'x' }).to('b', texts)
    stream.join(other, left, { name: 'x' }).to('c', texts)
  }),
  'two joins of streams with stores of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.join(read(b, 'c'), left, tenMs, { storeName: 'x' }).to('b', texts)
    stream.join(read(b, 'd'), left, tenMs, { storeName: 'x' }).to('b', texts)
  }),
  'two joins of tables into one store': dsl((b) => {
    const [one, other] = [table(b, 'a'), table(b, 'b')]
    one.join(other, left, { ...texts, name: 'x' })
    one.leftJoin(other, left, { ...texts, name: 'x' })
  }),
  'two joins by a foreign key of one name': dsl((b) => {
    const [one, other] = [table(b, 'a'), table(b, 'b')]
    one.join(other, foreign, left, undefined, { name: 'x' })
    one.join(other, foreign, left, undefined, { name: 'x' })
  }),
  'a stream merged with itself': dsl((b) => {
    const stream = read(b, 'a')
    stream.merge(stream).to('b')
  }),
}

const global = (b: StreamsBuilder) => b.addGlobalStore(store('x'), 'g', texts, () => ({ process: () => undefined }))

const stores: Readonly<Record<string, Twin>> = {
  'a store that an aggregation has, too': dsl((b) => {
    b.addStateStore(store('x'))
    read(b, 'a').groupByKey().count({ name: 'x' })
  }),
  'two aggregations into one store': dsl((b) => {
    const grouped = read(b, 'a').groupByKey()
    grouped.count({ name: 'x' })
    grouped.count({ name: 'x' })
  }),
  'windows and no windows in one store': dsl((b) => {
    const grouped = read(b, 'a').groupByKey()
    grouped.count({ name: 'x' })
    grouped.windowedBy(tumbling({ sizeMs: 10 })).count({ name: 'x' })
  }),
  'a table and a global table in one store': dsl((b) => {
    b.table('a', texts, { name: 'x' })
    b.globalTable('g', texts, { name: 'x' })
  }),
  'a global table and a table in one store': dsl((b) => {
    b.globalTable('g', texts, { name: 'x' })
    b.table('a', texts, { name: 'x' })
  }),
  'two global tables in one store': dsl((b) => {
    b.globalTable('g', texts, { name: 'x' })
    b.globalTable('h', texts, { name: 'x' })
  }),
  'a global store and a global table in one store': dsl((b) => {
    global(b)
    b.globalTable('h', texts, { name: 'x' })
  }),
  'a global store that is added as a store, too': dsl((b) => global(b).addStateStore(store('x'))),
  'the store of a table named by a processor': dsl((b) => {
    b.table('a', texts, { name: 'x' })
    read(b, 'b').process(nothing, { stores: ['x'] })
  }),
  'one store, added twice': dsl((b) => {
    const one = store('x')
    b.addStateStore(one).addStateStore(one)
  }),
  'a processor that names a store twice': dsl((b) => {
    b.addStateStore(store('x'))
    read(b, 'a').process(nothing, { stores: ['x', 'x'] })
  }),
  'a store named before it is added': dsl((b) => {
    read(b, 'a').process(nothing, { stores: ['x'] })
    b.addStateStore(store('x'))
  }),
  'values transformed with a store that is not there': dsl((b) =>
    table(b, 'a').transformValues(() => ({ transform: (text: string | null) => text }), undefined, {
      stores: ['missing'],
    }),
  ),
}

const topics: Readonly<Record<string, Twin>> = {
  'two tables of one topic': dsl((b) => {
    b.table('a', texts, { name: 'x' })
    b.table('a', texts, { name: 'y' })
  }),
  'a stream and a table of one topic': dsl((b) => {
    read(b, 'a')
    table(b, 'a')
  }),
  'a table and a stream of one topic': dsl((b) => {
    table(b, 'a')
    read(b, 'a')
  }),
  'two global tables of one topic': dsl((b) => {
    b.globalTable('g', texts, { name: 'x' })
    b.globalTable('g', texts, { name: 'y' })
  }),
  'a stream and then a global table of one topic': dsl((b) => {
    read(b, 'a')
    b.globalTable('a', texts, { name: 'x' })
  }),
  'a table that a pattern matches': dsl((b) => {
    b.stream(/a.*/, texts)
    table(b, 'abc')
  }),
  'a global table that a pattern matches': dsl((b) => {
    b.stream(/a.*/, texts)
    b.globalTable('abc', texts)
  }),
  'one pattern, twice': dsl((b) => {
    b.stream(/a.*/, texts)
    b.stream(/a.*/, texts)
  }),
  'one pattern with two offset resets': dsl((b) => {
    b.stream(/a.*/, { ...texts, offsetReset: 'earliest' })
    b.stream(/a.*/, { ...texts, offsetReset: 'latest' })
  }),
  'two patterns that overlap': dsl((b) => {
    b.stream(/a.*/, texts)
    b.stream(/.*b/, texts)
  }),
  'one topic named twice in one source': dsl((b) => b.stream(['a', 'a'], texts)),
  'one topic read by two streams': dsl((b) => {
    read(b, 'a')
    read(b, 'a')
  }),
  'one topic with an offset reset and without': dsl((b) => {
    b.stream('a', { ...texts, offsetReset: 'earliest' })
    read(b, 'a')
  }),
  'two lists of the same topics in another order': dsl((b) => {
    b.stream(['a', 'b'], texts)
    b.stream(['b', 'a'], texts)
  }),
  'a topic of a list read alone, too': dsl((b) => {
    b.stream(['a', 'b'], texts)
    read(b, 'a')
  }),
  'a stream of a repartition topic': dsl((b) => {
    read(b, 'a').repartition({ name: 'x' }).to('b')
    read(b, 'x-repartition')
  }),
  'a sink into a repartition topic': dsl((b) => {
    const stream = read(b, 'a')
    stream.repartition({ name: 'x' }).to('b')
    stream.to('x-repartition')
  }),
  'a sink into its own source': dsl((b) => read(b, 'a').to('a')),
}

/** test/java/refusals/Operators.java, in its order, up to its windows. */
export const operators: Readonly<Record<string, Twin>> = { ...names, ...twice, ...stores, ...topics }
