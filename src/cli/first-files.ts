/** Counts words: small, and yet with a repartition topic, a store and its changelog. */
export const firstTopology = `import { serdes, StreamsBuilder } from 'weirkeeper'

/** Reads lines of text, counts each word in lower case, and writes every new count. */
const builder = new StreamsBuilder()

builder
  .stream('lines', { keySerde: serdes.string, valueSerde: serdes.string })
  .flatMapValues((line) => line.toLowerCase().match(/\\p{L}+/gu) ?? [])
  .groupBy((_line, word) => word, { keySerde: serdes.string, valueSerde: serdes.string })
  .count({ name: 'counts' })
  .toStream()
  .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })

export const topology = builder.build()
`

const head = (name: string, app: string): string => `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata:
  name: ${name}
spec:
  app: ${app}
`

const tail = `  topics:
    - { name: lines, partitions: 6, retention: 24h }
    - { name: word-counts, partitions: 6, cleanupPolicy: compact }
  scaling: { policy: tasks, min: 1, max: 2 }
`

/** Fits `firstTopology`; the text under "describe" is what weir topology describe prints of it. */
export function firstManifest(name: string, app: string): string {
  return `${head(name, app)}  topology:
    # What this prints: weir topology describe topology.ts
    describe: |
      Topologies:
         Sub-topology: 0
          Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
            --> KSTREAM-FLATMAPVALUES-0000000001
          Processor: KSTREAM-FLATMAPVALUES-0000000001 (stores: [])
            --> KSTREAM-KEY-SELECT-0000000002
            <-- KSTREAM-SOURCE-0000000000
          Processor: KSTREAM-KEY-SELECT-0000000002 (stores: [])
            --> counts-repartition-filter
            <-- KSTREAM-FLATMAPVALUES-0000000001
          Processor: counts-repartition-filter (stores: [])
            --> counts-repartition-sink
            <-- KSTREAM-KEY-SELECT-0000000002
          Sink: counts-repartition-sink (topic: counts-repartition)
            <-- counts-repartition-filter

        Sub-topology: 1
          Source: counts-repartition-source (topics: [counts-repartition])
            --> KSTREAM-AGGREGATE-0000000003
          Processor: KSTREAM-AGGREGATE-0000000003 (stores: [counts])
            --> KTABLE-TOSTREAM-0000000007
            <-- counts-repartition-source
          Processor: KTABLE-TOSTREAM-0000000007 (stores: [])
            --> KSTREAM-SINK-0000000008
            <-- KSTREAM-AGGREGATE-0000000003
          Sink: KSTREAM-SINK-0000000008 (topic: word-counts)
            <-- KTABLE-TOSTREAM-0000000007
    stores:
      - { name: counts, windowed: false }
${tail}`
}

/** For an app in another language, whose topology is not known here: one operator to correct. */
export function plainManifest(name: string, app: string): string {
  return `${head(name, app)}  topology:
    # Better: describe: | and the text that Topology#describe() prints.
    operators:
      - { name: counts, changelog: compact, repartition: true, sources: [lines] }
${tail}`
}
