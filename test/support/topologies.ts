import {
  type Consumed,
  hopping,
  type KTable,
  type Optimization,
  type Processor,
  type ProcessorContext,
  serdes,
  sessions,
  sliding,
  type StreamRecord,
  StreamsBuilder,
  type Topology,
  tumbling,
  type Windowed,
  within,
} from '../../src/index.ts'

const consumed: Consumed<string, string> = { keySerde: serdes.string, valueSerde: serdes.string }
const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const minute = within({ differenceMs: 60_000 })

const concat = (a: string | null, b: string | null) => `${a}${b}`

/**
 * The calls that made the golden texts in test/fixtures/topologies, in TypeScript.
 * Titles are those of the fixture.
 */
export const goldenTopologies: Readonly<Record<string, (builder: StreamsBuilder) => void>> = {
  'filter,filterNot,map,mapValues,flatMap,flatMapValues,peek,selectKey,foreach': (builder) => {
    builder
      .stream('in', consumed)
      .filter(() => true)
      .filterNot(() => false)
      .map((key, value) => [key, value])
      .mapValues((value) => value)
      .flatMap((key, value) => [[key, value]])
      .flatMapValues((value) => [value])
      .peek(() => {})
      .selectKey((_key, value) => value)
      .foreach(() => {})
  },
  'stream-table join with grace': (builder) => {
    const left = builder.stream('l', consumed)
    const right = builder.table('r', consumed, { name: 'v', historyRetentionMs: 300_000 })
    left.join(right, concat, { ...texts, name: 'jn', graceMs: 5_000 }).to('out', texts)
  },
  'FK join': (builder) => {
    const left = builder.table('l', consumed)
    const right = builder.table('r', consumed)
    left
      .join(
        right,
        (value) => value,
        (a, b) => a + b,
      )
      .toStream()
      .to('o1', texts)
  },
  'FK leftJoin named': (builder) => {
    const left = builder.table('l', consumed)
    const right = builder.table('r', consumed)
    left
      .leftJoin(right, (value) => value, concat, { ...texts, name: 'fks' }, { name: 'fk' })
      .toStream()
      .to('o1')
  },
  'stream-globaltable': (builder) => {
    const left = builder.stream('l', consumed)
    left
      .join(
        builder.globalTable('g', consumed),
        (_key, value) => value,
        (a, b) => a + b,
      )
      .to('out', texts)
  },
  'groupByKey.count': (builder) => builder.stream('in', consumed).groupByKey().count().toStream().to('out'),
  'groupByKey.count named store': (builder) =>
    builder.stream('in', consumed).groupByKey().count({ name: 'cnt' }).toStream().to('out'),
  'groupBy.count (repartition)': (builder) =>
    builder
      .stream('in', consumed)
      .groupBy((_key, value) => value, texts)
      .count()
      .toStream()
      .to('out'),
  'groupBy named Grouped + named store': (builder) =>
    builder
      .stream('in', consumed)
      .groupBy((_key, value) => value, { ...texts, name: 'g' })
      .count({ name: 'cnt' })
      .toStream()
      .to('out'),
  'groupBy.reduce': (builder) =>
    builder
      .stream('in', consumed)
      .groupBy((_key, value) => value, texts)
      .reduce((_aggregate, value) => value)
      .toStream()
      .to('out'),
  'groupBy.aggregate': (builder) =>
    builder
      .stream('in', consumed)
      .groupBy((_key, value) => value, texts)
      .aggregate(
        () => '',
        (_key, value) => value,
        { valueSerde: serdes.string },
      )
      .toStream()
      .to('out'),
  'process, processValues, merge, to, print': (builder) => {
    const [stream, second] = [builder.stream('in', consumed), builder.stream('in2', consumed)]
    const forwarding = () => new Forwarding<string, string>()
    stream.process(forwarding).processValues(forwarding).merge(second).to('out', texts)
  },
  'SmokeTestClient.getTopology()': smokeTest,
  'split/branch 2 + default': (builder) => {
    const branches = builder
      .stream('in', consumed)
      .split()
      .branch(() => true)
      .branch(() => true)
      .defaultBranch()
    // The fixture's order is that of a Java HashMap.
    for (const name of ['KSTREAM-BRANCH-00000000012', 'KSTREAM-BRANCH-00000000010', 'KSTREAM-BRANCH-00000000011']) {
      branches.get(name)?.to('o')
    }
  },
  'split named': (builder) => {
    builder
      .stream('in', consumed)
      .split({ name: 'sp-' })
      .branch(() => true, { name: 'a' })
      .defaultBranch({ name: 'd' })
  },
  'stream-table join / leftJoin': (builder) => {
    const left = builder.stream('l', consumed)
    const right = builder.table('r', consumed)
    left.join(right, concat).to('out', texts)
    left.leftJoin(right, concat).to('out2', texts)
  },
  'stream-table join after selectKey': (builder) => {
    const left = builder.stream('l', consumed)
    const right = builder.table('r', consumed)
    left
      .selectKey((_key, value) => value)
      .join(right, concat, texts)
      .to('out', texts)
  },
  'table ops: filter,mapValues,toStream,transform': (builder) => {
    builder
      .table('r', consumed)
      .filter(() => true)
      .mapValues((value) => value)
      .toStream()
      .to('out', texts)
  },
  'table ops materialized': (builder) => {
    builder
      .table('r', consumed)
      .filter(() => true, { name: 'f' })
      .mapValues((value) => value, { ...texts, name: 'm' })
      .toStream()
      .to('out')
  },
  'table-table join / leftJoin / outerJoin': (builder) => {
    const left = builder.table('l', consumed)
    const right = builder.table('r', consumed)
    left.join(right, concat).toStream().to('o1', texts)
    left.leftJoin(right, concat).toStream().to('o2', texts)
    left
      .outerJoin(right, concat, { ...texts, name: 'oj' })
      .toStream()
      .to('o3')
  },
  'table.groupBy.count/reduce/aggregate': (builder) => {
    const table = builder.table('l', consumed)
    const swap = (key: string, value: string) => [value, key] as const
    table.groupBy(swap, texts).count().toStream().to('o1')
    const first = (aggregate: string) => aggregate
    table.groupBy(swap, texts).reduce(first, first).toStream().to('o2')
    const keep = (_key: string, _value: string, aggregate: string) => aggregate
    table
      .groupBy(swap, texts)
      .aggregate({ initialize: () => '', add: keep, subtract: keep }, { valueSerde: serdes.string })
      .toStream()
      .to('o3')
  },
  toTable: (builder) => builder.stream('in', consumed).toTable().toStream().to('o'),
  'selectKey.toTable': (builder) => {
    builder
      .stream('in', consumed)
      .selectKey((_key, value) => value)
      .toTable(texts)
      .toStream()
      .to('o')
  },
  'map.toTable(Materialized.as)': (builder) => {
    builder
      .stream('in', consumed)
      .selectKey((_key, value) => value)
      .toTable({ ...texts, name: 'st' }, { name: 'tt' })
      .toStream()
      .to('o')
  },
  repartition: (builder) => builder.stream('in', consumed).repartition().to('o'),
  'repartition named': (builder) => builder.stream('in', consumed).repartition({ name: 'rp', partitions: 3 }).to('o'),
  'stream-stream inner join': (builder) =>
    builder.stream('l', consumed).join(builder.stream('r', consumed), concat, minute).to('out', texts),
  'stream-stream left join': (builder) =>
    builder.stream('l', consumed).leftJoin(builder.stream('r', consumed), concat, minute).to('out', texts),
  'stream-stream outer join': (builder) =>
    builder.stream('l', consumed).outerJoin(builder.stream('r', consumed), concat, minute).to('out', texts),
  'stream-stream join after selectKey both': (builder) => {
    const [left, right] = [builder.stream('l', consumed), builder.stream('r', consumed)]
    const byValue = (_key: string, value: string) => value
    left.selectKey(byValue).join(right.selectKey(byValue), concat, minute, texts).to('out', texts)
  },
  'stream-stream join named StreamJoined.withName(J).withStoreName(S)': (builder) => {
    const [left, right] = [builder.stream('l', consumed), builder.stream('r', consumed)]
    const joined = { ...texts, name: 'J', storeName: 'S' }
    left
      .selectKey((_key, value) => value)
      .join(right, concat, minute, joined)
      .to('out', texts)
  },
  'windowed tumbling count + suppress': (builder) =>
    builder
      .stream('in', consumed)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 60_000 }))
      .count()
      .suppress({ until: 'window-close' })
      .toStream()
      .to('out'),
  'windowed named store + named suppress': (builder) =>
    builder
      .stream('in', consumed)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 60_000 }))
      .count({ name: 'wc' })
      .suppress({ until: 'window-close', name: 'sup' })
      .toStream()
      .to('out'),
  cogroup: (builder) => {
    const [left, right] = [builder.stream('l', consumed), builder.stream('r', consumed)]
    const keep = (_key: string, _value: string, aggregate: string) => aggregate
    const byValue = right.groupBy((_key, value) => value, texts)
    // Java's example groups both before it cogroups them.
    left
      .groupByKey()
      .cogroup(keep)
      .cogroup(byValue, keep)
      .aggregate(() => '', texts)
      .toStream()
      .to('o')
  },
  'sliding reduce': (builder) =>
    builder
      .stream('in', consumed)
      .groupByKey()
      .windowedBy(sliding({ differenceMs: 60_000 }))
      .reduce((_aggregate, value) => value)
      .toStream()
      .to('out'),
  'session aggregate': (builder) =>
    builder
      .stream('in', consumed)
      .groupByKey()
      .windowedBy(sessions({ gapMs: 60_000 }))
      .aggregate({ initialize: () => '', add: (_key, value) => value, merge: (_key, one) => one }, texts)
      .toStream()
      .to('out'),
  'two groupBys off one selectKey': (builder) => {
    const stream = builder.stream('in', consumed).selectKey((_key, value) => value)
    stream.groupByKey(texts).count().toStream().to('o1')
    stream
      .groupByKey(texts)
      .reduce((_aggregate, value) => value)
      .toStream()
      .to('o2')
  },
  'same topic twice stream()': (builder) => {
    builder.stream('in', consumed).to('o1')
    builder.stream('in', consumed).to('o2')
  },
}

/** Kafka's own SmokeTestClient: every kind of aggregation over numbers that come as "min-max" keys. */
function smokeTest(builder: StreamsBuilder): void {
  const { string, int, long, double } = serdes
  const data = builder.stream('data', { keySerde: string, valueSerde: int })
  data.filterNot((key) => key === 'flush').to('echo', { keySerde: string, valueSerde: int })
  const kept = data.filter((_key, value) => value !== 2147483647)
  kept.process(() => new Forwarding<string, number>())
  const grouped = kept.groupByKey({ keySerde: string, valueSerde: int })
  const day = 24 * 3600 * 1000

  const min = grouped.windowedBy(tumbling({ sizeMs: day, graceMs: 60_000 })).aggregate(
    () => 2147483647,
    (_key, value, least) => Math.min(value, least),
    { name: 'uwin-min', valueSerde: int, retentionMs: day + 3_600_000 },
  )
  streamify(min, 'min-raw')
  streamify(min.suppress({ until: 'window-close' }), 'min-suppressed')
  unwindow(min)
    .filterNot((key) => key === 'flush')
    .to('min', { keySerde: string, valueSerde: int })

  const sums = grouped
    .windowedBy(hopping({ sizeMs: 2000, advanceMs: 1000, graceMs: 30_000 }))
    .reduce((sum, value) => sum + value)
  streamify(sums, 'sws-raw')
  streamify(sums.suppress({ until: 'window-close' }), 'sws-suppressed')

  const minTable = builder.table('min', { keySerde: string, valueSerde: int }, { name: 'minStoreName' })
  minTable.toStream().process(() => new Forwarding<string, number>())

  const twoDays = grouped.windowedBy(tumbling({ sizeMs: 2 * day }))
  const max = twoDays.aggregate(
    () => -2147483648,
    (_key, value, most) => Math.max(value, most),
    { name: 'uwin-max', valueSerde: int },
  )
  unwindow(max)
    .filterNot((key) => key === 'flush')
    .to('max', { keySerde: string, valueSerde: int })
  const maxTable = builder.table('max', { keySerde: string, valueSerde: int }, { name: 'maxStoreName' })
  maxTable.toStream().process(() => new Forwarding<string, number>())

  const sum = twoDays.aggregate(
    () => 0,
    (_key, value, total) => total + value,
    { name: 'win-sum', valueSerde: long },
  )
  unwindow(sum)
    .filterNot((key) => key === 'flush')
    .to('sum', { keySerde: string, valueSerde: long })
  const sumTable = builder.table('sum', { keySerde: string, valueSerde: long })
  sumTable.toStream().process(() => new Forwarding<string, number>())

  unwindow(twoDays.count({ name: 'uwin-cnt' }))
    .filterNot((key) => key === 'flush')
    .to('cnt', { keySerde: string, valueSerde: long })
  const cntTable = builder.table('cnt', { keySerde: string, valueSerde: long }, { name: 'cntStoreName' })
  cntTable.toStream().process(() => new Forwarding<string, number>())

  maxTable
    .join(minTable, (most, least) => most - least)
    .toStream()
    .filterNot((key) => key === 'flush')
    .to('dif', { keySerde: string, valueSerde: int })
  sumTable
    .join(cntTable, (total, count) => total / count)
    .toStream()
    .filterNot((key) => key === 'flush')
    .to('avg', { keySerde: string, valueSerde: double })
  cntTable
    .groupBy((_key, value) => [String(value), 1], { keySerde: string, valueSerde: long })
    .aggregate(
      {
        initialize: () => 0,
        add: (_key, value, total) => total + value,
        subtract: (_key, value, total) => total - value,
      },
      { name: 'cntByCnt', store: 'in-memory', valueSerde: long },
    )
    .toStream()
    .to('tagg', { keySerde: string, valueSerde: long })
}

function streamify(table: KTable<Windowed<string>, number>, topic: string): void {
  table
    .toStream()
    .filterNot(({ key }) => key === 'flush')
    .map((key, value) => [String(key), value])
    .to(topic, { keySerde: serdes.string, valueSerde: serdes.int })
}

/** `toStream` with a new key is `toStream().selectKey()` in Kafka too. */
function unwindow(table: KTable<Windowed<string>, number>) {
  return table.toStream().selectKey(({ key }) => key)
}

class Forwarding<K, V> implements Processor<K, V, K, V> {
  #context: ProcessorContext<K, V> | undefined

  init(context: ProcessorContext<K, V>): void {
    this.#context = context
  }

  process(record: StreamRecord<K, V>): void {
    this.#context?.forward(record)
  }
}

/** The same titles behind which the fixture says "(optimize=all)". */
export const optimizedTopologies: typeof goldenTopologies = {
  'two groupBys off one selectKey (optimize=all)': (builder) =>
    goldenTopologies['two groupBys off one selectKey']?.(builder),
  'table source (optimize=all)': (builder) => builder.table('r', consumed, { name: 's' }).toStream().to('o'),
  'self join (optimize=all)': (builder) => {
    const stream = builder.stream('l', consumed)
    stream.join(stream, concat, minute).to('out', texts)
  },
}

export function buildTopology(build: (builder: StreamsBuilder) => void, optimization: Optimization = 'none'): Topology {
  const builder = new StreamsBuilder()
  build(builder)
  return builder.build({ optimization })
}
