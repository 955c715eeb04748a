/**
 * What a worker of the benchmark runs: the case that BENCH_CASE names, with the topic BENCH_OUT for its output. scripts/bench/java/StreamsBench.java has
 * the same ones for Kafka Streams; changelogs carry the same names, so that one restores what the other could.
 */
import { json, serdes, StreamsBuilder, timeWindowedSerde, tumbling, type KStream } from 'weirkeeper'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const counts = { keySerde: serdes.string, valueSerde: serdes.long }
const windowMs = 60_000

interface Reading {
  readonly identifier: string
  readonly timestamp: number
  readonly valueInW: number
}

interface Converted extends Reading {
  readonly valueInKW: number
}

const builder = new StreamsBuilder()
const what = process.env['BENCH_CASE'] ?? ''
const out = process.env['BENCH_OUT'] ?? 'out'
if (what === 'passthrough') {
  const bytes = { keySerde: serdes.bytes, valueSerde: serdes.bytes }
  builder.stream('in', bytes).to(out, bytes)
} else if (what === 'json') {
  builder
    .stream('in', { keySerde: serdes.string, valueSerde: json<Reading>() })
    .mapValues(({ identifier, timestamp, valueInW }) => ({
      identifier,
      timestamp,
      valueInW,
      valueInKW: valueInW / 1000,
    }))
    .to(out, { keySerde: serdes.string, valueSerde: json<Converted>() })
} else ofTexts(builder.stream(what === 'restore' ? 'quiet' : 'in', texts))

function ofTexts(input: KStream<string, string>): void {
  switch (what) {
    case 'mapValues':
      return input.mapValues((value) => value.toUpperCase()).to(out, texts)
    case 'count':
      return input.groupByKey().count({ name: 'store' }).toStream().to(out, counts)
    case 'windowed count':
      return input
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: windowMs }))
        .count({ name: 'store' })
        .toStream()
        .to(out, { keySerde: timeWindowedSerde(serdes.string, windowMs), valueSerde: serdes.long })
    case 'join': {
      const users = builder.table('users', texts, { name: 'store' })
      return input.leftJoin(users, (value, user) => value + (user ?? ''), texts).to(out, texts)
    }
    case 'restore':
      return input
        .groupByKey()
        .reduce((_before, value) => value, { name: 'store' })
        .toStream()
        .to(out, texts)
    default:
      throw new Error(`there is no case ${what}`)
  }
}

export const topology = builder.build()
