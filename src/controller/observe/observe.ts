import { fail, ok, type Result } from '../../base/result.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'
import type { ClusterTopics, KafkaData } from '../../heroku/kafka-data.ts'
import type { Answer, Attachment, ConfigVars, HerokuPlatform } from '../../heroku/platform.ts'
import type { Refusal } from '../plan/plan.ts'
import { findKafka } from './find-kafka.ts'
import type { Observed } from './observed.ts'

export interface Sight {
  readonly platform: HerokuPlatform
  readonly kafkaData: KafkaData
  readonly kafkaService: string
}

export interface Target {
  readonly app: string
  /** Attachment or add-on name. */
  readonly addon: string
  readonly processType: string
}

/** Why there is nothing to plan with: Heroku did not answer, or what the manifest names is not there. */
export type Blindness =
  | { readonly kind: 'failure'; readonly failure: HerokuFailure }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

/**
 * Looks at everything one StreamApp touches, and writes nothing: 3 reads of the
 * Platform API and 2 of the data API, on a dedicated plan 1. A process type that
 * is missing costs one more, to be able to say why.
 */
export async function observe(target: Target, sight: Sight, signal: AbortSignal): Promise<Result<Observed, Blindness>> {
  const { app, addon, processType } = target
  const [formation, configVars, attachments] = await Promise.all([
    sight.platform.formation(app, signal),
    sight.platform.configVars(app, signal),
    sight.platform.attachments(app, signal),
  ])
  if (!formation.ok) return blind(formation.error, app)
  if (!configVars.ok) return blind(configVars.error, app)
  if (!attachments.ok) return blind(attachments.error, app)
  const attachment = findKafka(addon, attachments.value, { app, service: sight.kafkaService })
  if (!attachment.ok) return fail({ kind: 'refusal', refusal: attachment.error })

  const seen = await observeCluster(attachment.value, configVars.value, { app, ...sight }, signal)
  if (!seen.ok) return seen
  const release = formation.value.some(({ type }) => type === processType)
    ? ok(null)
    : await sight.platform.currentRelease(app, signal)
  if (!release.ok) return blind(release.error, app)
  return ok({
    app,
    formation: formation.value,
    configVars: configVars.value,
    attachment: attachment.value,
    ...seen.value,
    cluster: null,
    release: release.value,
  })
}

/** The cluster's limits, for a plan that makes or changes topics. */
export async function observeLimits(observed: Observed, kafkaData: KafkaData, signal: AbortSignal): Answer<Observed> {
  const cluster = await kafkaData.cluster(observed.attachment.addon.id, signal)
  return cluster.ok ? ok({ ...observed, cluster: cluster.value }) : cluster
}

type ClusterSight = Pick<Observed, 'topics' | 'groups' | 'prefix' | 'shared'>

/** Topics and groups, and whether the prefix that the app is told is the cluster's. */
export async function observeCluster(
  attachment: Attachment,
  configVars: ConfigVars,
  { app, kafkaData }: Pick<Sight, 'kafkaData'> & { readonly app: string },
  signal: AbortSignal,
): Promise<Result<ClusterSight, Blindness>> {
  const { id } = attachment.addon
  const isShared = /:basic-/.test(attachment.plan) || attachment.configVars.some((name) => name.endsWith('_PREFIX'))
  const [topics, groups] = await Promise.all([
    kafkaData.topics(id, signal),
    isShared ? kafkaData.consumerGroups(id, signal) : ok(null),
  ])
  if (!topics.ok) return blindToCluster(topics.error, attachment)
  if (!groups.ok) return blindToCluster(groups.error, attachment)

  const prefix = prefixOf(topics.value, attachment, configVars)
  if (!prefix.ok)
    return fail({ kind: 'refusal', refusal: { ...prefix.error, message: `${prefix.error.message} (app ${app})` } })
  return ok({
    topics: new Map(topics.value.topics.map((topic) => [topic.name, topic])),
    groups: groups.value === null ? null : new Set(groups.value),
    prefix: prefix.value,
    shared: isShared,
  })
}

/** The prefix is told twice, to the app and by the cluster. If they differ, what is made is not what workers look for. */
function prefixOf(
  { prefix }: ClusterTopics,
  { name, configVars }: Attachment,
  values: ConfigVars,
): Result<string, Refusal> {
  const variable = configVars.find((key) => key.endsWith('_PREFIX'))
  const told = (variable === undefined ? undefined : values[variable]) ?? ''
  if (values[`${name}_URL`] === undefined) {
    const message = `${name}_URL is not set, so add-on ${name} is not provisioned yet. Wait for it (heroku kafka:wait), then apply again`
    return fail({ reason: 'AddonProvisioning', message })
  }
  if (told === (prefix ?? '')) return ok(told)
  const message = `the cluster puts ${prefix ?? 'no prefix'} before names, and the app is told ${variable ?? `${name}_PREFIX`}=${told === '' ? '(not set)' : told}: workers would look for other names than are made. Attach the add-on again (heroku addons:detach ${name}, heroku addons:attach)`
  return fail({ reason: 'PrefixUnclear', message })
}

function blind(failure: HerokuFailure, app: string): Result<never, Blindness> {
  if (failure.kind !== 'not-found') return fail({ kind: 'failure', failure })
  const message = `Heroku knows no app ${app} that this key may see: ${failure.said}. Check spec.app (heroku apps), or make it (heroku apps:create ${app})`
  return fail({ kind: 'refusal', refusal: { reason: 'AppMissing', message } })
}

function blindToCluster(failure: HerokuFailure, { name, addon }: Attachment): Result<never, Blindness> {
  if (failure.kind !== 'not-found') return fail({ kind: 'failure', failure })
  const message = `Kafka add-on ${name} (${addon.name}) is not provisioned yet. Wait for it (heroku kafka:wait ${addon.name}), then apply again`
  return fail({ kind: 'refusal', refusal: { reason: 'AddonProvisioning', message } })
}
