import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { figures } from '../../support/refused/figures.ts'
import { refusalsWhenBuilt } from '../../support/refused/java-refusals.ts'
import { operators } from '../../support/refused/operators.ts'
import { topologies } from '../../support/refused/topologies.ts'
import type { Twin } from '../../support/refused/twin.ts'

/** Those of Java that explicit-naming.test.ts has, and those that are refused only when topics are there, are elsewhere. */
const twins: Readonly<Record<string, Twin>> = { ...topologies, ...operators, ...figures }

const java = refusalsWhenBuilt

describe('a topology that Kafka Streams refuses is refused here for the same reason', () => {
  it('every case that Java was asked has its twin', () => {
    assert.deepEqual(
      Object.keys(twins),
      java.map(({ name }) => name),
    )
  })

  for (const { name, error } of java)
    it(`${name}${error === null ? ': is taken by both' : ''}`, () => {
      const { build, about } = twins[name] ?? assert.fail(`${name} has no twin`)
      if (error === null) {
        build()
        return
      }
      const message = error.slice(error.indexOf(': ') + 2)
      assert.throws(build, about === undefined ? { message } : about)
    })
})
