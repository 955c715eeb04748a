import { keyValueStore, type Processor, serdes, StreamsBuilder, TopologyBuilder } from '../../../src/index.ts'

export const texts = { keySerde: serdes.string, valueSerde: serdes.string }
export const nothing = (): Processor<string, string, string, string> => ({ process: () => undefined })
export const store = (name: string) => keyValueStore({ name, ...texts, store: 'in-memory' })

/** Where it is refused for what a number says, ours names the option in its own words; everything else has Kafka's. */
export interface Twin {
  readonly build: () => unknown
  readonly about?: RegExp
}

export const dsl = (make: (builder: StreamsBuilder) => unknown, about?: RegExp): Twin => ({
  build: () => {
    const builder = new StreamsBuilder()
    make(builder)
    return builder.build()
  },
  ...(about !== undefined && { about }),
})
export const value = (make: () => unknown, about: RegExp): Twin => ({ build: make, about })
export const nodes = (make: (builder: TopologyBuilder) => unknown): Twin => ({
  build: () => {
    const builder = new TopologyBuilder()
    make(builder)
    return builder.build()
  },
})
export const read = (builder: StreamsBuilder, topic: string) => builder.stream(topic, texts)
export const pass = (): boolean => true
