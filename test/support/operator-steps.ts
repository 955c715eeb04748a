import {
  keyValueStore,
  type Processor,
  type ProcessorContext,
  sessions,
  sliding,
  hopping,
  type StoreHandle,
  type StreamPartitioner,
  type StreamRecord,
  type TimestampExtractor,
  type ValueTransformer,
} from '../../src/index.ts'
import {
  add,
  end,
  first,
  join,
  type Made,
  mat,
  named,
  other,
  type Step,
  stream,
  table,
  type Text,
  texts,
} from './program-parts.ts'

/** Steps of processors, transformers, partitioners and windowed cogroups: the twin of test/java/differential/Operators.java. */
export const operatorSteps: Readonly<Record<string, (made: Made, step: Step) => void>> = {
  timedStream: ({ builder, streams }, { topic = '' }) =>
    streams.push(builder.stream(topic, { ...texts, timestampExtractor })),
  partitionedTo: (made, step) => stream(made, step).to(step.topic ?? '', { ...texts, partitioner }),
  chosenTo: (made, step) => stream(made, step).to(chosen, texts),
  partitionedRepartition: (made, step) =>
    made.streams.push(stream(made, step).repartition({ ...texts, ...named(step), partitions: 1 })),
  process: (made, step) => {
    const store = storeOf(made, step)
    made.streams.push(stream(made, step).process(() => new Counting(store), { stores: [step.store ?? ''] }))
  },
  processValues: (made, step) => {
    const store = storeOf(made, step)
    made.streams.push(stream(made, step).processValues(() => new Joining(store), { stores: [step.store ?? ''] }))
  },
  transformValues: (made, step) => {
    const store = storeOf(made, step)
    const options = { stores: [step.store ?? ''] }
    made.tables.push(table(made, step).transformValues(() => new Transforming(store), mat(step), options))
  },
  windowedCogroup: (made, step) => cogroup(made, step),
  print: (made, step) => stream(made, step).print(() => {}),
}

/** `describe()` prints its name. */
const chosen = (_key: Text, value: Text) => (value === null || value.length % 2 === 0 ? 'even' : 'odd')

type Store = StoreHandle<Text, Text>

function storeOf({ builder }: Made, { store: name = '', cachedStore: caching = false }: Step): Store {
  const handle = keyValueStore<Text, Text>({ name, ...texts, store: 'in-memory', caching })
  builder.addStateStore(handle)
  return handle
}

const timestampExtractor: TimestampExtractor = ({ value, timestamp, partitionTime }) => {
  if (typeof value !== 'string') return partitionTime
  return value.startsWith('b') ? -1 : timestamp + 3 * value.length
}

const partitioner: StreamPartitioner<Text, Text> = (_topic, _key, value) => {
  if (value === null) return []
  return value.length === 1 ? undefined : [0]
}

const cut = (text: string) => (text.length <= 9 ? text : text.slice(-9))

/** Forwards what was there before under the same key, and every 50 ms of stream time everything that there is. */
class Counting implements Processor<Text, Text, Text, Text> {
  readonly #store: Store
  #context: ProcessorContext<Text, Text> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  init(context: ProcessorContext<Text, Text>): void {
    this.#context = context
    context.schedule(50, 'stream-time', (timestamp) => {
      for (const [key, value] of context.store(this.#store).all()) {
        context.forward({ key, value: cut(`t${value}`), timestamp, headers: [] })
      }
    })
  }

  process(record: StreamRecord<Text, Text>): void {
    const { key, value } = record
    const store = this.#context?.store(this.#store)
    if (key === null || store === undefined) return
    const before = store.get(key) ?? null
    store.put(key, value)
    this.#context?.forward({ ...record, key: before === null ? key : first(null, before), value: before })
  }
}

class Joining implements Processor<Text, Text, Text, Text> {
  readonly #store: Store
  #context: ProcessorContext<Text, Text> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  init(context: ProcessorContext<Text, Text>): void {
    this.#context = context
  }

  process(record: StreamRecord<Text, Text>): void {
    const store = this.#context?.store(this.#store)
    const key = record.key ?? 'none'
    const before = store?.get(key) ?? null
    store?.put(key, record.value)
    this.#context?.forward({ ...record, value: join(before, record.value) })
  }
}

class Transforming implements ValueTransformer<Text, Text, Text> {
  readonly #store: Store
  #context: ProcessorContext<never, never> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  init(context: ProcessorContext<never, never>): void {
    this.#context = context
  }

  transform(value: Text, key: Text): Text {
    const store = this.#context?.store(this.#store)
    const before = store?.get(key) ?? null
    if (value !== null) store?.put(key, value)
    return value === null ? null : join(before, value)
  }
}

function cogroup(made: Made, step: Step): void {
  const { kind, size: sizeMs = 0, gap: gapMs = 0, grace: graceMs = 0, advance: advanceMs = sizeMs } = step.window ?? {}
  const both = stream(made, step)
    .groupByKey(texts)
    .cogroup<Text>(add)
    .cogroup(other(made, step).groupBy(first, texts), add)
  const kept = mat(step) ?? texts
  const initialize = () => '0'
  if (kind === 'session') {
    const merge = (_key: Text, one: Text, two: Text) => join(one, two)
    end(made, step, both.windowedBy(sessions({ gapMs, graceMs })).aggregate({ initialize, merge }, kept, named(step)))
    return
  }
  const windows =
    kind === 'sliding' ? sliding({ differenceMs: sizeMs, graceMs }) : hopping({ sizeMs, advanceMs, graceMs })
  end(made, step, both.windowedBy(windows).aggregate(initialize, kept, named(step)))
}
