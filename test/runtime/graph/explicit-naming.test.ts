import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type KTable, serdes, sessions, sliding, StreamsBuilder, tumbling, within } from '../../../src/index.ts'
import { refusalsOf } from '../../support/refused/java-refusals.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const tenMs = within({ differenceMs: 10 })
const latest = (_key: string, value: string): string => value
const left = (value: string): string => value

const read = (b: StreamsBuilder, topic: string) => b.stream(topic, texts)
const rekeyed = (b: StreamsBuilder, topic: string) => read(b, topic).selectKey((_key, value) => value)
const named = (b: StreamsBuilder, topic: string, name: string) => b.table(topic, texts, { name })
const write = (table: KTable<string, string>) => table.toStream().to('out', texts)
const versioned = (b: StreamsBuilder) => b.table('t', texts, { name: 't-store', historyRetentionMs: 50 })
const joined = (b: StreamsBuilder): readonly [KTable<string, string>, KTable<string, string>] => [
  named(b, 'a', 'l'),
  named(b, 'b', 'r'),
]

/** Of test/java/refusals/Refusals.java, those with names that are demanded, in its order. */
const twins: Readonly<Record<string, (b: StreamsBuilder) => unknown>> = {
  'an aggregation and a join of streams': (b) => {
    const stream = read(b, 'a')
    stream
      .selectKey((_key, value) => value)
      .groupByKey(texts)
      .count()
      .toStream()
      .to('b', { keySerde: serdes.string, valueSerde: serdes.long })
    stream.join(read(b, 'c'), left, tenMs, texts).to('d', texts)
  },
  'a store without a changelog': (b) =>
    read(b, 'a')
      .groupByKey()
      .count({ logging: false })
      .toStream()
      .to('b', { keySerde: serdes.string, valueSerde: serdes.long }),
  'nothing, since all have names': (b) =>
    rekeyed(b, 'a')
      .groupByKey({ ...texts, name: 'g' })
      .count({ name: 'c' }),
  "nothing, for a name that looks like Kafka's own": (b) =>
    read(b, 'a').groupByKey().count({ name: 'KSTREAM-MINE-0000000001' }),
  'nothing, for a repartition topic whose name looks so': (b) =>
    read(b, 'a').repartition({ name: 'KSTREAM-MINE-0000000001' }).to('b', texts),
  'a repartition topic': (b) => read(b, 'a').repartition().to('b', texts),
  'a repartition topic before a named store': (b) => rekeyed(b, 'a').groupByKey(texts).count({ name: 'c' }),
  'a store behind a named repartition topic': (b) =>
    rekeyed(b, 'a')
      .groupByKey({ ...texts, name: 'g' })
      .count(),
  'a repartition topic that nobody needs': (b) => read(b, 'a').groupByKey().count({ name: 'c' }),
  'a reduction': (b) =>
    write(
      read(b, 'a')
        .groupByKey()
        .reduce((_before, value) => value),
    ),
  windows: (b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10 }))
      .count(),
  'sliding windows': (b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(sliding({ differenceMs: 10 }))
      .count(),
  sessions: (b) =>
    read(b, 'a')
      .groupByKey()
      .windowedBy(sessions({ gapMs: 10 }))
      .count(),
  'a table that nobody reads': (b) => b.table('a', texts),
  'a table as a stream': (b) => write(b.table('a', texts)),
  'two tables that are joined': (b) => write(b.table('a', texts).join(b.table('b', texts), left)),
  'the outcome of a join, with named tables': (b) => {
    const [l, r] = joined(b)
    write(l.join(r, left, texts))
  },
  'a table that is filtered': (b) => write(named(b, 'a', 'l').filter(() => true)),
  'a table that is filtered into a store': (b) => write(named(b, 'a', 'l').filter(() => true, texts)),
  'a table whose values are mapped': (b) => write(named(b, 'a', 'l').mapValues(left)),
  'a table whose values are mapped into a store': (b) => write(named(b, 'a', 'l').mapValues(left, texts)),
  'a table whose values are transformed into a store': (b) =>
    write(named(b, 'a', 'l').transformValues(() => ({ transform: latest }), texts)),
  'a table that is grouped anew': (b) =>
    named(b, 'a', 'l')
      .groupBy((key, value) => [value, key], texts)
      .count(),
  'a table that is grouped anew by a name': (b) =>
    named(b, 'a', 'l')
      .groupBy((key, value) => [value, key], { ...texts, name: 'g' })
      .count(),
  'a table of a stream': (b) => write(read(b, 'a').toTable()),
  'a table of a stream with another key': (b) => write(rekeyed(b, 'a').toTable(texts)),
  'a named table of a stream with another key': (b) =>
    write(rekeyed(b, 'a').toTable({ ...texts, name: 't-store' }, { name: 't' })),
  'a global table': (b) =>
    read(b, 'a')
      .join(b.globalTable('g', texts), (key) => key, left)
      .to('b', texts),
  'a cogroup': (b) =>
    write(
      read(b, 'a')
        .groupByKey()
        .cogroup<string>((_key, value) => value)
        .aggregate(() => '', texts),
    ),
  'a cogroup of streams with other keys': (b) =>
    write(
      rekeyed(b, 'a')
        .groupByKey(texts)
        .cogroup<string>((_key, value) => value)
        .cogroup(rekeyed(b, 'c').groupByKey({ ...texts, name: 'g' }), (_key, value) => value)
        .aggregate(() => '', texts),
    ),
  'a cogroup within windows': (b) =>
    read(b, 'a')
      .groupByKey()
      .cogroup<string>((_key, value) => value)
      .windowedBy(tumbling({ sizeMs: 10 }))
      .aggregate(() => '', texts),
  'the buffer of a join with grace': (b) => {
    const table = versioned(b)
    read(b, 'a')
      .join(table, left, { ...texts, graceMs: 10 })
      .to('b', texts)
  },
  'the named buffer of a join with grace': (b) => {
    const table = versioned(b)
    read(b, 'a')
      .join(table, left, { ...texts, name: 'j', graceMs: 10 })
      .to('b', texts)
  },
  'a table that a stream with another key joins': (b) => {
    const table = b.table('t', texts)
    rekeyed(b, 'a').join(table, left, texts).to('b', texts)
  },
  'the repartition topic of a stream that joins a named table': (b) => {
    const table = named(b, 't', 't-store')
    rekeyed(b, 'a').leftJoin(table, left, texts).to('b', texts)
  },
  'a stream whose key was changed under a name': (b) => {
    const table = named(b, 't', 't-store')
    read(b, 'a')
      .selectKey((_key, value) => value, { name: 'x' })
      .join(table, left, texts)
      .to('b', texts)
  },
  'a left join of streams with other keys': (b) =>
    rekeyed(b, 'a')
      .leftJoin(rekeyed(b, 'c'), left, tenMs, { ...texts, otherValueSerde: serdes.string })
      .to('b', texts),
  'an outer join of streams': (b) =>
    read(b, 'a')
      .outerJoin(read(b, 'c'), (value) => value ?? '', tenMs, texts)
      .to('b', texts),
  'a join of streams whose stores have a name': (b) =>
    read(b, 'a')
      .leftJoin(read(b, 'c'), left, tenMs, { ...texts, storeName: 's' })
      .to('b', texts),
  'a join of streams that has a name': (b) =>
    rekeyed(b, 'a')
      .leftJoin(read(b, 'c'), left, tenMs, { ...texts, name: 's' })
      .to('b', texts),
  'a join of streams without changelogs': (b) =>
    read(b, 'a')
      .outerJoin(read(b, 'c'), (value) => value ?? '', tenMs, { ...texts, logging: false })
      .to('b', texts),
  'a stream joined with itself': (b) => {
    const stream = read(b, 'a')
    stream.join(stream, left, tenMs, texts).to('b', texts)
  },
  'a suppression': (b) => write(named(b, 'a', 'l').suppress({ until: { timeLimitMs: 10 } })),
  'a suppression without a changelog': (b) =>
    write(named(b, 'a', 'l').suppress({ until: { timeLimitMs: 10 }, logging: false })),
  'a suppression that has a name': (b) => write(named(b, 'a', 'l').suppress({ until: { timeLimitMs: 10 }, name: 's' })),
  'a join by a foreign key': (b) => write(b.table('a', texts).join(b.table('b', texts), left, left, texts)),
  'a join by a foreign key of named tables': (b) => {
    const [l, r] = joined(b)
    write(l.join(r, left, left, texts))
  },
  'a join by a foreign key that has a name': (b) => {
    const [l, r] = joined(b)
    write(l.join(r, left, left, texts, { name: 'j' }))
  },
  'a join by a foreign key whose outcome has a name': (b) => {
    const [l, r] = joined(b)
    write(l.join(r, left, left, { ...texts, name: 'o' }, { name: 'j' }))
  },
}

const java = refusalsOf('names are demanded: ')

describe('where names are demanded, what has none is listed as Kafka Streams lists it', () => {
  it('every case that Java was asked has its twin', () => {
    assert.deepEqual(
      Object.keys(twins),
      java.map(({ name }) => name),
    )
  })

  for (const { name, error } of java)
    it(`${name}${error === null ? ': is taken by both' : ''}`, () => {
      const builder = new StreamsBuilder()
      const twin = twins[name] ?? assert.fail(`${name} has no twin`)
      twin(builder)
      if (error === null) builder.build({ explicitNaming: true })
      else
        assert.throws(() => builder.build({ explicitNaming: true }), { message: error.slice(error.indexOf(': ') + 2) })
    })
})
