import { type KTable, nullable, serdes, StreamsBuilder } from '../../../src/index.ts'

// Checked by tsc: each `@ts-expect-error` is a mistake that must not compile.
const builder = new StreamsBuilder()
const lines = builder.stream('lines', { keySerde: serdes.string, valueSerde: serdes.string })
const counts: KTable<string, number> = lines.groupByKey().count()
counts.toStream().to('counts', { valueSerde: serdes.long })

// @ts-expect-error a count is a number, and this serde writes text
counts.toStream().to('counts', { valueSerde: serdes.string })

// @ts-expect-error the grouped key is a number
lines.groupBy((_key, value) => value.length, { keySerde: serdes.string })

// @ts-expect-error values of two kinds
lines.merge(lines.mapValues((value) => value.length))

// @ts-expect-error the store holds numbers
lines.groupByKey().count({ valueSerde: serdes.string })

const initial = () => 0
const add = (_key: string, value: string, sum: number) => sum + value.length
// @ts-expect-error an aggregate must say how it is written
lines.groupByKey().aggregate(initial, add, {})

const maybe = builder.stream('lines', { keySerde: serdes.string, valueSerde: nullable(serdes.string) })
// @ts-expect-error a value that may be null
maybe.mapValues((value) => value.length)

const lengths = lines.mapValuesAsync(async (value) => value.length)
lengths.filter((_key, value) => value > 1).to('lengths', { valueSerde: serdes.int })

// @ts-expect-error the value that was awaited is a number
lengths.to('lengths', { valueSerde: serdes.string })

// @ts-expect-error a call is a promise
lines.mapValuesAsync((value) => value.length)
