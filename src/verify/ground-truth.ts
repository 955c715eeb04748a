import { desire } from '../controller/desired/desire.ts'
import type { Desired, DesiredTopic } from '../controller/desired/desired.ts'
import type { Observed } from '../controller/observe/observed.ts'
import type { ClusterTopic } from '../heroku/kafka-data.ts'
import type { Attachment } from '../heroku/platform.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { FakeCluster, FakeHeroku } from './fake-heroku.ts'

/** The world as it is, seen by nobody's call: without delays, and without the topics that are on their way. */
export function trulyThere(heroku: FakeHeroku, { spec }: StreamApp, nowMs: number): Observed | undefined {
  const app = heroku.apps.get(spec.app)
  const attachment = app === undefined ? undefined : kafkaOf(app.attachments, spec.kafka.addon.toLowerCase())
  const cluster = attachment === undefined ? undefined : heroku.clusters.get(attachment.addon.id)
  if (app === undefined || attachment === undefined || cluster?.provisioned !== true) return undefined
  const { shared, prefix } = cluster.cluster
  return {
    app: spec.app,
    formation: app.formation,
    configVars: app.configVars,
    attachment,
    shared,
    prefix: prefix ?? '',
    topics: readyTopics(cluster, nowMs),
    groups: shared ? readyGroups(cluster, nowMs) : null,
    cluster: cluster.cluster,
    release: { version: app.releases, status: 'succeeded', hasSlug: app.hasSlug, ...app.newest },
  }
}

function kafkaOf(attachments: readonly Attachment[], wanted: string): Attachment | undefined {
  return (
    attachments.find(({ name }) => name.toLowerCase() === wanted) ??
    attachments.find(({ addon }) => addon.name.toLowerCase() === wanted)
  )
}

function readyGroups({ groups }: FakeCluster, nowMs: number): ReadonlySet<string> {
  return new Set([...groups].flatMap(([name, { listedAtMs }]) => (listedAtMs <= nowMs ? [name] : [])))
}

function readyTopics({ topics }: FakeCluster, nowMs: number): ReadonlyMap<string, ClusterTopic> {
  const ready = [...topics].filter(([, topic]) => topic.readyAtMs <= nowMs && topic.goneAtMs > nowMs)
  return new Map(ready.map(([name, topic]) => [name, { ...topic, isGoing: topic.goneAtMs < Infinity }]))
}

/** What of the world is not as the manifest asks, in words; nothing where all is. Knows neither plan nor apply. */
export function deviations(heroku: FakeHeroku, app: StreamApp, nowMs: number): readonly string[] {
  const there = trulyThere(heroku, app, nowMs)
  if (there === undefined) return ['the app or its cluster is not there']
  const desired = desire(app, there)
  return [
    ...desired.refusals.map(({ message }) => message),
    ...desired.topics.flatMap((topic) => topicDeviations(topic, there)),
    ...(there.groups?.has(desired.applicationName) === false ? [`group ${desired.applicationName} is missing`] : []),
    ...Object.entries(desired.configVars)
      .filter(([name, value]) => there.configVars[name] !== value)
      .map(([name, value]) => `${name} is ${there.configVars[name] ?? 'not set'} and not ${value}`),
    ...formationDeviations(desired, there),
    ...dynoDeviations(heroku, desired, nowMs),
  ]
}

function topicDeviations({ name, partitions, cleanupPolicy, retention }: DesiredTopic, there: Observed): string[] {
  const live = there.topics.get(name)
  if (live === undefined) return [`topic ${name} is missing`]
  if (live.isGoing) return [`topic ${name} is going`]
  const wrong: string[] = []
  if (live.partitions !== partitions) wrong.push(`topic ${name} has ${live.partitions} partitions`)
  if (cleanupPolicy !== undefined && live.cleanupPolicy !== cleanupPolicy)
    wrong.push(`topic ${name} is cleaned up by ${live.cleanupPolicy}`)
  if (live.cleanupPolicy !== 'compact' && retention.kind === 'exactly' && live.retentionMs !== retention.ms)
    wrong.push(`topic ${name} keeps ${live.retentionMs ?? 'for ever'}`)
  return wrong
}

function formationDeviations({ formation }: Desired, there: Observed): string[] {
  const live = there.formation.find(({ type }) => type === formation.type)
  if (live === undefined) return [`there is no process type ${formation.type}`]
  const sized = formation.size === undefined || formation.size.toLowerCase() === live.size.toLowerCase()
  return live.quantity === formation.quantity && sized ? [] : [`${live.quantity} dynos of ${live.size} are asked for`]
}

function dynoDeviations(heroku: FakeHeroku, { app, formation }: Desired, nowMs: number): string[] {
  const dynos = heroku.apps.get(app)?.dynos.filter(({ type }) => type === formation.type) ?? []
  const up = dynos.filter(({ upAtMs, state }) => state === 'up' && upAtMs <= nowMs).length
  return up === formation.quantity ? [] : [`${up} of ${formation.quantity} dynos are up`]
}

/** Everything that lasts, to be compared: no times, no versions. */
export function lastingState(heroku: FakeHeroku, nowMs: number): Readonly<Record<string, unknown>> {
  const apps = [...heroku.apps].map(([name, { formation, configVars }]) => [`app ${name}`, { formation, configVars }])
  const clusters = [...heroku.clusters].flatMap(([id, { topics, groups }]) => [
    ...[...topics.values()]
      .filter(({ goneAtMs }) => goneAtMs > nowMs)
      .map(({ name, partitions, cleanupPolicy, retentionMs }) => [
        `topic ${name} of ${id}`,
        { partitions, cleanupPolicy, retentionMs },
      ]),
    ...[...groups.keys()].map((name) => [`group ${name} of ${id}`, true]),
  ])
  return structuredClone(Object.fromEntries([...apps, ...clusters]))
}
