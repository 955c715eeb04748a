import { type Consumed, serdes, StreamsBuilder, type Topology } from '../../src/index.ts'

const consumed: Consumed<string, string> = { keySerde: serdes.string, valueSerde: serdes.string }
const texts = { keySerde: serdes.string, valueSerde: serdes.string }

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

export function buildTopology(build: (builder: StreamsBuilder) => void): Topology {
  const builder = new StreamsBuilder()
  build(builder)
  return builder.build()
}
