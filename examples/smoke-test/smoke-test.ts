import {
  hopping,
  type KGroupedStream,
  type KTable,
  type Processor,
  serdes,
  type StreamRecord,
  type StreamsBuilder,
  type TimeWindowedKStream,
  tumbling,
  type Windowed,
} from 'weirkeeper'

const day = 24 * 3600 * 1000
const numbers = { keySerde: serdes.string, valueSerde: serdes.int }
const longs = { keySerde: serdes.string, valueSerde: serdes.long }

/** Kafka's own SmokeTestClient: every kind of aggregation over numbers that come as "min-max" keys. */
export function smokeTest(builder: StreamsBuilder): void {
  const data = builder.stream('data', numbers)
  data.filterNot((key) => key === 'flush').to('echo', numbers)
  const kept = data.filter((_key, value) => value !== 2147483647)
  kept.process(() => new Counting('data'))
  const grouped = kept.groupByKey(numbers)

  const minTable = minimum(builder, grouped)
  const twoDays = grouped.windowedBy(tumbling({ sizeMs: 2 * day }))
  const maxTable = maximum(builder, twoDays)
  const sumTable = sum(builder, twoDays)
  const cntTable = count(builder, twoDays)

  maxTable
    .join(minTable, (most, least) => most - least)
    .toStream()
    .filterNot((key) => key === 'flush')
    .to('dif', numbers)
  sumTable
    .join(cntTable, (total, number) => total / number)
    .toStream()
    .filterNot((key) => key === 'flush')
    .to('avg', { keySerde: serdes.string, valueSerde: serdes.double })
  cntTable
    .groupBy((_key, value) => [String(value), 1], longs)
    .aggregate(
      {
        initialize: () => 0,
        add: (_key, value, total) => total + value,
        subtract: (_key, value, total) => total - value,
      },
      { name: 'cntByCnt', store: 'in-memory', valueSerde: serdes.long },
    )
    .toStream()
    .to('tagg', longs)
}

function minimum(builder: StreamsBuilder, grouped: KGroupedStream<string, number>): KTable<string, number> {
  const min = grouped.windowedBy(tumbling({ sizeMs: day, graceMs: 60_000 })).aggregate(
    () => 2147483647,
    (_key, value, least) => Math.min(value, least),
    { name: 'uwin-min', valueSerde: serdes.int, retentionMs: day + 3_600_000 },
  )
  streamify(min, 'min-raw')
  streamify(min.suppress({ until: 'window-close' }), 'min-suppressed')
  unwindow(min)
    .filterNot((key) => key === 'flush')
    .to('min', numbers)

  const sums = grouped
    .windowedBy(hopping({ sizeMs: 2000, advanceMs: 1000, graceMs: 30_000 }))
    .reduce((total, value) => total + value)
  streamify(sums, 'sws-raw')
  streamify(sums.suppress({ until: 'window-close' }), 'sws-suppressed')

  const table = builder.table('min', numbers, { name: 'minStoreName' })
  table.toStream().process(() => new Counting('min'))
  return table
}

type TwoDays = TimeWindowedKStream<string, number>

function maximum(builder: StreamsBuilder, twoDays: TwoDays): KTable<string, number> {
  const max = twoDays.aggregate(
    () => -2147483648,
    (_key, value, most) => Math.max(value, most),
    { name: 'uwin-max', valueSerde: serdes.int },
  )
  unwindow(max)
    .filterNot((key) => key === 'flush')
    .to('max', numbers)
  const table = builder.table('max', numbers, { name: 'maxStoreName' })
  table.toStream().process(() => new Counting('max'))
  return table
}

function sum(builder: StreamsBuilder, twoDays: TwoDays): KTable<string, number> {
  const sums = twoDays.aggregate(
    () => 0,
    (_key, value, total) => total + value,
    { name: 'win-sum', valueSerde: serdes.long },
  )
  unwindow(sums)
    .filterNot((key) => key === 'flush')
    .to('sum', longs)
  const table = builder.table('sum', longs)
  table.toStream().process(() => new Counting('sum'))
  return table
}

function count(builder: StreamsBuilder, twoDays: TwoDays): KTable<string, number> {
  unwindow(twoDays.count({ name: 'uwin-cnt' }))
    .filterNot((key) => key === 'flush')
    .to('cnt', longs)
  const table = builder.table('cnt', longs, { name: 'cntStoreName' })
  table.toStream().process(() => new Counting('cnt'))
  return table
}

function streamify(table: KTable<Windowed<string>, number>, topic: string): void {
  table
    .toStream()
    .filterNot(({ key }) => key === 'flush')
    .map((key, value) => [String(key), value])
    .to(topic, numbers)
}

/** `toStream` with a new key is `toStream().selectKey()` in Kafka too. */
function unwindow(table: KTable<Windowed<string>, number>) {
  return table.toStream().selectKey(({ key }) => key)
}

/** Tells how far it is, as Kafka's does. */
class Counting implements Processor<string, number, string, number> {
  readonly #topic: string
  #processed = 0

  constructor(topic: string) {
    this.#topic = topic
  }

  process(_record: StreamRecord<string, number>): void {
    this.#processed += 1
    if (this.#processed % 100 === 0) console.log(`processed ${this.#processed} records from topic=${this.#topic}`)
  }
}
