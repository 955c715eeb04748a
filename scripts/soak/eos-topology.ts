import { serdes, StreamsBuilder } from 'weirkeeper'

const order = { keySerde: serdes.string, valueSerde: serdes.int }
const counted = { keySerde: serdes.string, valueSerde: serdes.long }

/** One output record for each input record on every path: copied, summed by key, and counted beyond a repartition topic. */
const builder = new StreamsBuilder()
const orders = builder.stream('orders', order)

orders.to('copies', order)
orders
  .groupByKey(order)
  .aggregate(
    () => 0,
    (_key, value, sum) => sum + value,
    { name: 'sums', ...counted },
  )
  .toStream()
  .to('sums', counted)
orders
  .groupBy((_key, value) => `bucket-${value % 37}`, order)
  .count({ name: 'buckets' })
  .toStream()
  .to('buckets', counted)

export const topology = builder.build()
