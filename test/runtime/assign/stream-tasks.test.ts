import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planTasks, topicsOf, writtenTopics } from '../../../src/runtime/assign/stream-tasks.ts'
import { topology } from '../../fixtures/runtime/word-count.ts'

const wire = { applicationId: 'yukon-1.wc', topicPrefix: 'yukon-1.' }
const topics = {
  'yukon-1.lines': 3,
  'yukon-1.word-counts': 1,
  'yukon-1.wc-counts-repartition': 3,
  'yukon-1.wc-counts-changelog': 3,
}
const plan = (partitions: Record<string, number>) => planTasks(topology, wire, new Map(Object.entries(partitions)))

describe('the tasks of a topology on real topics', () => {
  it('knows every topic by its name on the wire', () => {
    assert.deepEqual(topicsOf(topology, wire).toSorted(), Object.keys(topics).toSorted())
    assert.deepEqual(
      writtenTopics(topology, wire).toSorted(),
      Object.keys(topics)
        .filter((topic) => topic !== 'yukon-1.lines')
        .toSorted(),
    )
  })

  it('makes one task per partition of each sub-topology', () => {
    const tasks = plan(topics)
    assert.ok(tasks.ok)
    assert.deepEqual(
      tasks.value.map(({ name, partitions, changelogs }) => [name, partitions[0]?.topic, changelogs[0]?.topic]),
      [
        ...[0, 1, 2].map((partition) => [`0_${partition}`, 'yukon-1.lines', undefined]),
        ...[0, 1, 2].map((partition) => [
          `1_${partition}`,
          'yukon-1.wc-counts-repartition',
          'yukon-1.wc-counts-changelog',
        ]),
      ],
    )
  })

  it('tells every missing topic by name, and who makes it', () => {
    const tasks = plan({ 'yukon-1.word-counts': 1, 'yukon-1.wc-counts-changelog': 3 })
    assert.ok(!tasks.ok)
    assert.deepEqual(tasks.error, [
      'topic yukon-1.lines is not there: list it under spec.topics and run `weir apply`, or make it with heroku kafka:topics:create',
      'internal topic yukon-1.wc-counts-repartition is not there: run `weir apply`, which makes it',
    ])
  })

  it('tells internal topics with a wrong number of partitions', () => {
    const tasks = plan({ ...topics, 'yukon-1.wc-counts-repartition': 2, 'yukon-1.wc-counts-changelog': 3 })
    assert.ok(!tasks.ok)
    assert.match(tasks.error[0] ?? '', /^internal topic yukon-1.wc-counts-repartition has 2 partitions and needs 3: /)
  })
})
