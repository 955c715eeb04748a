import { serdes, StreamsBuilder } from 'weirkeeper'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

/** One large store, and an output record for each input record: `SoakApp.failover` in TypeScript. */
const builder = new StreamsBuilder()
builder
  .stream('orders', texts)
  .groupByKey(texts)
  .reduce((_before, now) => now, { name: 'latest', ...texts })
  .toStream()
  .to('seen', texts)

export const topology = builder.build()
