import { hopping, sessions, sliding, tumbling, within } from '../../../src/index.ts'
import { dsl, nodes, nothing, pass, read, store, texts, type Twin, value } from './twin.ts'

/** test/java/refusals/Refusals.java, in its order. */
export const topologies: Readonly<Record<string, Twin>> = {
  'two processors of one name': dsl((b) => {
    const stream = read(b, 'a')
    stream.filter(pass, { name: 'x' })
    stream.filter(pass, { name: 'x' })
  }),
  'a sink named as a processor': dsl((b) =>
    read(b, 'a')
      .filter(pass, { name: 'x' })
      .to('b', { ...texts, name: 'x' }),
  ),
  'an empty name': dsl((b) => read(b, 'a').filter(pass, { name: '' })),
  'a name with a space': dsl((b) => read(b, 'a').filter(pass, { name: 'a b' })),
  'a name of 250 letters': dsl((b) => read(b, 'a').filter(pass, { name: 'x'.repeat(250) })),
  'a name of two dots': dsl((b) => read(b, 'a').filter(pass, { name: '..' })),
  'a store with an illegal name': dsl((b) => read(b, 'a').groupByKey().count({ name: 'a b' })),
  'no topic': dsl((b) => b.stream([], texts)),
  'overlapping topics': dsl((b) => {
    b.stream(['a', 'b'], texts)
    b.stream(['b', 'c'], texts)
  }),
  'two offset resets for one topic': dsl((b) => {
    b.stream('a', { ...texts, offsetReset: 'earliest' })
    b.stream('a', { ...texts, offsetReset: 'latest' })
  }),
  'a topic that is a global table, too': dsl((b) => {
    b.globalTable('a', texts, { name: 'g' })
    read(b, 'a')
  }),
  'a store that was not added': dsl((b) => read(b, 'a').process(nothing, { stores: ['missing'] })),
  'two stores of one name': dsl((b) => b.addStateStore(store('s')).addStateStore(store('s'))),
  'two tables of one store name': dsl((b) => {
    b.table('a', texts, { name: 's' })
    b.table('b', texts, { name: 's' })
  }),
  'a global store named by its reader': dsl((b) => {
    b.globalTable('g', texts, { name: 'g-store' })
    read(b, 'a').process(nothing, { stores: ['g-store'] })
  }),
  'tumbling windows of size 0': value(() => tumbling({ sizeMs: 0 }), /sizeMs must be .* above 0, not 0/),
  'tumbling windows of a negative size': value(() => tumbling({ sizeMs: -1 }), /sizeMs must be .* above 0, not -1/),
  'a negative grace': value(() => tumbling({ sizeMs: 10, graceMs: -1 }), /graceMs must be .*, 0 or more, not -1/),
  'an advance of 0': value(
    () => hopping({ sizeMs: 10, advanceMs: 0 }),
    /advanceMs must be above 0 .*sizeMs \(10\), not 0/,
  ),
  'an advance beyond the size': value(
    () => hopping({ sizeMs: 10, advanceMs: 11 }),
    /no more than sizeMs \(10\), not 11/,
  ),
  'sessions without a gap': value(() => sessions({ gapMs: 0 }), /never/),
  'sessions with a negative grace': value(() => sessions({ gapMs: 1, graceMs: -1 }), /graceMs must be .* not -1/),
  'sliding windows of a negative difference': value(
    () => sliding({ differenceMs: -1 }),
    /differenceMs must be .* not -1/,
  ),
  'sliding windows of difference 0': value(() => sliding({ differenceMs: 0 }), /never/),
  'a join within a negative difference': value(() => within({ differenceMs: -1 }), /leave a window, not -1 and -1/),
  'a join with a negative grace': value(() => within({ differenceMs: 1, graceMs: -1 }), /graceMs must be .* not -1/),
  'a join whose window ends before it begins': value(
    () => within({ beforeMs: -20, afterMs: 10 }),
    /leave a window, not -20 and 10/,
  ),
  'window close of a table without windows': {
    ...dsl((b) => {
      b.table('a', texts).suppress({ until: 'window-close' }).toStream().to('b', texts)
    }),
    about: /Window close time is only defined for windowed computations/,
  },
  'a join with grace of a table that is not versioned': {
    ...dsl((b) => {
      const table = b.table('t', texts, { name: 't-store' })
      read(b, 'a')
        .join(table, (left) => left, { ...texts, name: 'j', graceMs: 10 })
        .to('b', texts)
    }),
    about: /KTable must be versioned to use a grace period in a stream table join\.$/,
  },
  "a grace longer than a table's history": {
    ...dsl((b) => {
      const table = b.table('t', texts, { name: 't-store', historyRetentionMs: 5 })
      read(b, 'a')
        .join(table, (left) => left, { ...texts, name: 'j', graceMs: 10 })
        .to('b', texts)
    }),
    about: /History retention must be at least grace period\.$/,
  },
  'a negative history': {
    ...dsl((b) => b.table('t', texts, { name: 's', historyRetentionMs: -1 })),
    about: /historyRetentionMs of store s must be 0 or more, not -1/,
  },
  'a versioned global table': dsl((b) => b.globalTable('a', texts, { name: 's', historyRetentionMs: 5 })),
  'a repartition topic of 0 partitions': dsl((b) =>
    read(b, 'a')
      .repartition({ ...texts, partitions: 0 })
      .to('b', texts),
  ),
  'a table with an illegal topic': dsl((b) => read(b, 'a').to('b c', texts)),
  'a topic of two sources': nodes((t) => t.addSource('one', 'a', texts).addSource('two', 'a', texts)),
  'a parent that is not there': nodes((t) => t.addProcessor('p', nothing, 'nobody')),
  'a parent of itself': nodes((t) => t.addProcessor('p', nothing, 'p')),
  'a sink as a parent': nodes((t) =>
    t.addSource('s', 'a', texts).addSink('k', 'b', 's', texts).addProcessor('p', nothing, 'k'),
  ),
  'a processor without parents': nodes((t) => t.addProcessor('p', nothing, [])),
  'a source of no topic': nodes((t) => t.addSource('s', [], texts)),
  'two nodes of one name': nodes((t) => t.addSource('s', 'a', texts).addProcessor('s', nothing, 's')),
  'a store for a processor that is not there': nodes((t) => t.addStateStore(store('st'), 'nobody')),
  'a store connected to a source': nodes((t) => t.addSource('s', 'a', texts).addStateStore(store('st'), 's')),
  'a store connected to a sink': nodes((t) =>
    t.addSource('s', 'a', texts).addSink('k', 'b', 's', texts).addStateStore(store('st'), 'k'),
  ),
  'a connection to no store': nodes((t) =>
    t.addSource('s', 'a', texts).addProcessor('p', nothing, 's').connectProcessorAndStateStores('p'),
  ),
  'a connection to a store that is not there': nodes((t) =>
    t.addSource('s', 'a', texts).addProcessor('p', nothing, 's').connectProcessorAndStateStores('p', 'missing'),
  ),
  "a pattern that matches another source's topic": dsl((b) => {
    read(b, 'abc')
    b.stream(/a.*/, texts)
  }),
  'a topic that another source’s pattern matches': dsl((b) => {
    b.stream(/a.*/, texts)
    read(b, 'abc')
  }),
}
