import { ok, type Result } from '../../base/result.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { ThreadWorld } from './thread-world.ts'

/** The topics that this thread subscribes to. Where the topology has patterns, the cluster is asked what there is. */
export async function topicsToRead(world: ThreadWorld): Promise<Result<readonly string[], StreamFailure>> {
  const listed = world.seen === undefined ? ok([]) : await world.client.topics()
  if (!listed.ok) return listed
  const sources = topologyFacts(world.topology, world.wire, listed.value).flatMap(({ sources: all }) => all)
  const topics = [...new Set(sources.map(({ topic }) => topic))].toSorted()
  if (world.seen !== undefined) world.seen = { topics, atMs: world.clock.now() }
  return ok(topics)
}

/**
 * Every `metadata.max.age.ms`, as Kafka's consumer does: a topic that came and fits a pattern, or one that went, makes the
 * group share out its work anew.
 */
export async function watchTopics(world: ThreadWorld): Promise<StreamFailure | undefined> {
  const { seen: before, clock, config } = world
  if (before === undefined || clock.now() < before.atMs + config.metadataMaxAgeMs) return undefined
  const found = await topicsToRead(world)
  if (!found.ok) return found.error
  const [came, went] = [missingFrom(before.topics, found.value), missingFrom(found.value, before.topics)]
  if (came.length === 0 && went.length === 0) return undefined
  return { kind: 'rebalance', reason: `topics that fit a pattern: ${sentenceOf(came, went)}` }
}

function missingFrom(held: readonly string[], all: readonly string[]): readonly string[] {
  return all.filter((topic) => !held.includes(topic))
}

function sentenceOf(came: readonly string[], went: readonly string[]): string {
  return [...came.map((topic) => `${topic} came`), ...went.map((topic) => `${topic} went`)].join(', ')
}
