import { objectOf, optionalBoolean, requiredText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { badRequest } from '../refusal.ts'
import { announceAddon, attachmentsTo, releaseEachApp } from '../platform/addon-life.ts'
import type { LocalTopic } from '../../cluster.ts'
import type { KafkaPlan } from '../plans.ts'
import type { Addon } from '../records.ts'
import { isoTime } from '../views.ts'
import type { World } from '../world.ts'
import { addonFor, ownName, readyAddonFor, topicsOf } from './find-cluster.ts'

const path = '/data/kafka/v0/clusters/:id'

export const clusterRoutes: readonly Route[] = [
  { method: 'GET', path, answer: info },
  { method: 'GET', path: `${path}/wait_status`, answer: (call) => waitStatus(addonFor(call)) },
  { method: 'POST', path: `${path}/rotate-credentials`, answer: rotate },
  { method: 'POST', path: `${path}/induce-failure`, answer: induceFailure },
  { method: 'PUT', path: `${path}/upgrade`, answer: upgrade },
]

/** The first attachment to the app that owns it. */
export const attachmentNameOf = (world: World, addon: Addon): string =>
  attachmentsTo(world, addon).find(({ app }) => app === addon.app)?.name ?? 'KAFKA'

async function info(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const topics = await topicsOf(world, addon)
  const { plan, prefix, kafka } = addon
  return {
    addon_id: addon.id,
    name: addon.name,
    attachment_name: attachmentNameOf(world, addon),
    created_at: isoTime(addon.createdAt),
    state: {
      message: 'Available',
      'waiting?': false,
      'healthy?': true,
      status: 'available',
      degraded_topics: [],
      degraded_brokers: [],
    },
    limits: limitsOf(plan),
    defaults: { partition_count: plan.partitions.default, retention_time_ms: plan.retentionMs.default },
    robot: { is_robot: false, robot_ttl: null },
    topics: topics.map(({ name }) => ownName(addon, name)),
    admin_topic_names: ['__consumer_offsets'],
    shared_cluster: plan.shared,
    ...(prefix === null ? {} : { topic_prefix: prefix }),
    capabilities: { supports_mixed_cleanup_policy: plan.mixedCleanupPolicy },
    messages_in_per_sec: 0,
    bytes_in_per_sec: 0,
    bytes_out_per_sec: 0,
    version: [kafka.version],
    partition_replica_count: partitionReplicas(addon, topics),
    data_size: topics.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

const partitionReplicas = ({ kafka, plan }: Addon, topics: readonly LocalTopic[]): number =>
  topics.reduce(
    (sum, { name, partitions }) => sum + partitions * (kafka.replication.get(name) ?? plan.replication.min),
    0,
  )

const limitsOf = (plan: KafkaPlan): object => ({
  minimum_replication: plan.replication.min,
  maximum_replication: plan.replication.max,
  minimum_retention_ms: plan.retentionMs.min,
  maximum_retention_ms: plan.retentionMs.max,
  default_retention_ms: plan.retentionMs.default,
  max_partition_replica_count: plan.partitions.maxTotal * plan.replication.min,
  max_number_of_total_partitions: plan.partitions.maxTotal,
  max_number_of_partitions_per_topic: plan.partitions.maxPerTopic,
  max_number_of_topics: plan.topics.max,
  data_size: {
    subcritical_percentage: 80,
    critical_percentage: 90,
    supercritical_percentage: 100,
    limit_bytes: plan.capacityBytes,
  },
  ...(plan.topics.max === null ? {} : { max_topics: plan.topics.max }),
  ...(plan.quotas === null
    ? {}
    : {
        produce_quota_bytes_per_second: plan.quotas.produceBytesPerSecond,
        consume_quota_bytes_per_second: plan.quotas.consumeBytesPerSecond,
      }),
})

function waitStatus({ state }: Addon): object {
  const isThere = state === 'provisioned'
  return { message: isThere ? 'available' : 'provisioning', 'waiting?': !isThere, 'healthy?': isThere }
}

/** New credentials in every app that has the cluster, as one release each; the old ones are refused from then on. */
async function rotate(call: Call): Promise<object> {
  const { world } = call
  const addon = readyAddonFor(call)
  const old = addon.credentials
  addon.credentials = await world.options.cluster.issueCredentials(addon.prefix)
  announceAddon(world, addon, 'update')
  releaseEachApp(world, attachmentsTo(world, addon), (names) => `Update ${names} by heroku-kafka`)
  if (old !== null) await world.options.cluster.revokeCredentials(old)
  return { message: 'Rotating credentials' }
}

function induceFailure(call: Call): object {
  const addon = readyAddonFor(call)
  const body = objectOf(call.body)
  const what = [optionalBoolean(body, 'catastrophic'), optionalBoolean(body, 'zookeeper')].includes(true) ? 'that' : 'a'
  throw badRequest(
    `The local broker has one node, so ${what} failure of one node of ${addon.name} cannot be played. Stop the broker instead.`,
  )
}

function upgrade(call: Call): object {
  const addon = readyAddonFor(call)
  const version = requiredText(objectOf(call.body), 'version')
  if (!/^\d+(\.\d+){1,2}$/.test(version)) throw badRequest(`version must be like 4.3, and not ${version}.`)
  if (`${addon.kafka.version}.`.startsWith(`${version}.`)) return { message: `${addon.name} already runs ${version}.` }
  throw badRequest(`The local broker runs ${addon.kafka.version} and no other version.`)
}
