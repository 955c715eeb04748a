import { serdes, StreamsBuilder } from 'weirkeeper'

/** Reads lines of text, counts each word in lower case, and writes every new count. */
const builder = new StreamsBuilder()

builder
  .stream('lines', { keySerde: serdes.string, valueSerde: serdes.string })
  .flatMapValues((line) => line.toLowerCase().match(/\p{L}+/gu) ?? [])
  .groupBy((_line, word) => word, { keySerde: serdes.string, valueSerde: serdes.string })
  .count({ name: 'counts' })
  .toStream()
  .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })

export const topology = builder.build()
