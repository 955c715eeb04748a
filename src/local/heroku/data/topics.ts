import type { LocalTopic } from '../../cluster.ts'
import { objectOf, optionalObject, optionalText, requiredText } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { badRequest } from '../refusal.ts'
import type { Addon, PendingTopic } from '../records.ts'
import type { World } from '../world.ts'
import { attachmentNameOf } from './cluster.ts'
import { checkName, missing, ownName, readyAddonFor, topicsOf, wireName } from './find-cluster.ts'
import { partitionsOf, replicationOf, settingsOf } from './topic-settings.ts'
import type { TopicSettings } from './topic-settings.ts'

const path = '/data/kafka/v0/clusters/:id/topics'

export const topicRoutes: readonly Route[] = [
  { method: 'GET', path, answer: list },
  { method: 'POST', path, answer: create },
  { method: 'PUT', path: `${path}/:topic`, answer: update },
  { method: 'DELETE', path: `${path}/:topic`, answer: destroy },
]

/** What a list shows of one topic, ready or not. */
interface Shown extends TopicSettings {
  readonly name: string
  /** 0 until it is ready. */
  readonly partitions: number
  readonly sizeBytes: number
}

async function list(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const ready = (await topicsOf(world, addon)).map(shownOf)
  const made = new Set(ready.map(({ name }) => name))
  const pending = [...addon.kafka.pendingTopics.values()].filter(({ isListed, name }) => isListed && !made.has(name))
  const topics = [...ready, ...pending.map((topic) => ({ ...topic, partitions: 0, sizeBytes: 0 }))]
  return {
    attachment_name: attachmentNameOf(world, addon),
    prefix: addon.prefix,
    topics: topics.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((topic) => topicView(addon, topic)),
    ...(addon.plan.topics.max === null ? {} : { limits: { max_topics: addon.plan.topics.max } }),
  }
}

const shownOf = ({ name, partitions, config, sizeBytes }: LocalTopic): Shown => ({
  name,
  partitions,
  sizeBytes,
  ...config,
})

function topicView(addon: Addon, topic: Shown): object {
  const isDeleting = addon.kafka.deletingTopics.has(topic.name)
  const status = isDeleting ? 'Deleting' : topic.partitions === 0 ? 'Creating' : 'Available'
  return {
    name: ownName(addon, topic.name),
    prefix: addon.prefix,
    messages_in_per_second: 0,
    bytes_in_per_second: 0,
    bytes_out_per_second: 0,
    partitions: topic.partitions,
    replication_factor: addon.kafka.replication.get(topic.name) ?? addon.plan.replication.min,
    status,
    status_label: status,
    data_size: topic.sizeBytes,
    compaction: topic.cleanupPolicy !== 'delete',
    retention_time_ms: topic.retentionMs,
    cleanup_policy: topic.cleanupPolicy,
    compaction_enabled: topic.cleanupPolicy !== 'delete',
    retention_enabled: topic.cleanupPolicy !== 'compact',
  }
}

/** Answered at once; the topic is listed later, and has its partitions later still. */
async function create(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const topic = optionalObject(objectOf(call.body), 'topic')
  const name = requiredText(topic, 'name')
  checkName(addon, name, 'Topic')
  const pending: PendingTopic = {
    name: wireName(addon, name),
    partitions: partitionsOf(addon.plan, topic),
    isListed: world.delays.topicListedMs === 0,
    ...settingsOf(addon.plan, topic, null),
  }
  const replication = replicationOf(addon.plan, topic, addon.plan.replication.min)
  await checkRoom(world, addon, pending)
  addon.kafka.pendingTopics.set(pending.name, pending)
  addon.kafka.replication.set(pending.name, replication)
  world.later(`listing ${name}`, world.delays.topicListedMs, () => void (pending.isListed = true))
  world.later(`creating ${name}`, world.delays.topicReadyMs, () => make(world, addon, pending))
  return { message: `Topic ${name} is being created.` }
}

async function make(world: World, addon: Addon, pending: PendingTopic): Promise<void> {
  const { name, partitions, cleanupPolicy, retentionMs } = pending
  if (addon.kafka.pendingTopics.get(name) !== pending) return
  try {
    await world.options.cluster.createTopic({ name, partitions, config: { cleanupPolicy, retentionMs } })
  } finally {
    addon.kafka.pendingTopics.delete(name)
  }
}

/** The plan's limits count what is there and what is being made. */
async function checkRoom(world: World, addon: Addon, topic: PendingTopic): Promise<void> {
  const present = (await topicsOf(world, addon)).filter(({ name }) => !name.startsWith('__'))
  const all = new Map<string, number>()
  for (const { name, partitions } of [...present, ...addon.kafka.pendingTopics.values()]) all.set(name, partitions)
  const own = ownName(addon, topic.name)
  if (all.has(topic.name)) throw badRequest(`Topic ${own} already exists.`)
  const { topics, partitions } = addon.plan
  if (topics.max !== null && all.size >= topics.max) {
    throw badRequest(`This plan allows ${topics.max} topics, and there are ${all.size}: ${own} was not created.`)
  }
  const total = [...all.values()].reduce((sum, count) => sum + count, topic.partitions)
  if (total > partitions.maxTotal) {
    throw badRequest(`This plan allows ${partitions.maxTotal} partitions in all; with ${own} there would be ${total}.`)
  }
}

/** Retention, compaction and replication. There is no way to change the partitions, not even here. */
async function update(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const topic = await topicOf(call, addon)
  const changes = optionalObject(objectOf(call.body), 'topic')
  checkPartitions(changes, topic)
  const replication = addon.kafka.replication.get(topic.name) ?? addon.plan.replication.min
  const config = settingsOf(addon.plan, changes, topic.config)
  addon.kafka.replication.set(topic.name, replicationOf(addon.plan, changes, replication))
  await world.options.cluster.configureTopic(topic.name, config)
  return { message: `Topic ${ownName(addon, topic.name)} was updated.` }
}

function checkPartitions(changes: JsonObject, { partitions }: LocalTopic): void {
  const asked = changes['partition_count']
  if (asked !== undefined && Number(asked) !== partitions) {
    throw badRequest(`partition_count of a topic cannot be changed; it is ${partitions}.`)
  }
}

async function topicOf(call: Call, addon: Addon): Promise<LocalTopic> {
  const name = call.params['topic'] ?? ''
  const topic = (await topicsOf(call.world, addon)).find((one) => one.name === wireName(addon, name))
  if (topic === undefined || addon.kafka.deletingTopics.has(topic.name))
    throw missing(`Topic ${name} could not be found.`)
  return topic
}

/** Marked for deletion at once, gone later. The CLI and the server's own tests name it in the body, too. */
async function destroy(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const body = objectOf(call.body)
  const { name } = await topicOf(call, addon)
  const said = optionalText(body, 'topic_name') ?? optionalText(optionalObject(body, 'topic'), 'name')
  if (said !== null && said !== ownName(addon, name)) throw badRequest(`The path and the body name different topics.`)
  addon.kafka.deletingTopics.add(name)
  world.later(`deleting ${name}`, world.delays.topicDeleteMs, async () => {
    try {
      await world.options.cluster.deleteTopic(name)
    } finally {
      addon.kafka.deletingTopics.delete(name)
      addon.kafka.replication.delete(name)
    }
  })
  return { message: `Topic ${ownName(addon, name)} has been marked for deletion.` }
}
