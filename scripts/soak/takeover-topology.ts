import { serdes, sessions, StreamsBuilder, tumbling } from 'weirkeeper'

const day = 24 * 3_600_000
const event = { keySerde: serdes.string, valueSerde: serdes.int }
const counted = { keySerde: serdes.string, valueSerde: serdes.long }

/** A store of each kind, and a repartition topic: `SoakApp.takeover` in TypeScript. */
const builder = new StreamsBuilder()
const events = builder.stream('events', event)
const byKey = events.groupByKey(event)

byKey.count({ name: 'counts' }).toStream().to('counts', counted)
byKey
  .windowedBy(tumbling({ sizeMs: 10_000, graceMs: day }))
  .count({ name: 'windows', retentionMs: 2 * day })
  .toStream()
  .map(({ key, window }, count) => [`${key}@${window.start}`, count])
  .to('windows', counted)
byKey
  .windowedBy(sessions({ gapMs: 5_000, graceMs: day }))
  .count({ name: 'visits', retentionMs: 2 * day })
  .toStream()
  // null, for a session that was merged into another one, becomes 0
  .map(({ key, window }, count: number | null) => [`${key}@${window.start}-${window.end}`, count ?? 0])
  .to('visits', counted)
events
  .groupBy((_key, value) => `bucket-${value % 37}`, { name: 'buckets', ...event })
  .count({ name: 'buckets' })
  .toStream()
  .to('buckets', counted)

export const topology = builder.build()
