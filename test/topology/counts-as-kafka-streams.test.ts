import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { streamTasks } from '../../src/topology/tasks.ts'

/**
 * One topology a line, with the partition counts that Kafka Streams 4.3.1 itself
 * (RepartitionTopics.setup) came to for the given counts of the user's topics; null where it refused
 * to start since joined topics differ. `set` holds counts that the topology sets.
 */
interface Oracle {
  readonly title: string
  readonly describe: string
  readonly set: Readonly<Record<string, number>>
  readonly cases: readonly {
    readonly partitions: Readonly<Record<string, number>>
    readonly repartitions: Readonly<Record<string, number>> | null
  }[]
}

const oracles: readonly Oracle[] = readFileSync(
  new URL('../fixtures/kafka-streams-repartition-counts.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

describe('partitions of repartition topics, against Kafka Streams itself', () => {
  for (const { title, describe: text, set, cases } of oracles) {
    it(title, () => {
      const description = parseDescription(text)
      assert.ok(description.ok)
      for (const { partitions, repartitions } of cases) {
        const facts = { partitions: new Map(Object.entries({ ...partitions, ...set })), matches: new Map() }
        const tasks = streamTasks(description.value, facts)
        assert.equal(
          tasks.unequal.some(({ isJoin }) => isJoin),
          repartitions === null,
          JSON.stringify(partitions),
        )
        // Where its answer hangs on the order of a hash table we say so, and may differ.
        if (repartitions === null || tasks.ambiguous.length > 0) continue
        assert.deepEqual(Object.fromEntries(tasks.repartitions), repartitions, JSON.stringify(partitions))
      }
    })
  }

  it('hardly ever hangs on an order', () => {
    const ambiguous = oracles.filter(({ describe: text, set, cases }) => {
      const description = parseDescription(text)
      assert.ok(description.ok)
      return cases.some(({ partitions }) => {
        const facts = { partitions: new Map(Object.entries({ ...partitions, ...set })), matches: new Map() }
        return streamTasks(description.value, facts).ambiguous.length > 0
      })
    })
    assert.deepEqual(
      ambiguous.map(({ title }) => title).toSorted((a, b) => (a < b ? -1 : 1)),
      ['fk join of repartitioned', 'mixed chain', 'repartition of a join of repartitions'],
    )
  })
})
