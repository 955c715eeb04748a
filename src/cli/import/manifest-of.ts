import { formatDuration } from '../../base/format-duration.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { apiVersion } from '../../resource/head-schema.ts'
import type { HandMadeProcess, HandMadeTopic, HandRunApp, ImportChoices } from './hand-run-app.ts'
import { isInternalTopicOf, operatorsOf } from './operators-of.ts'
import { streamsOf } from './streams-of.ts'

export interface ImportedManifest {
  /** Only what differs from the defaults, in the order in which one reads. */
  readonly manifest: object
  readonly applicationName: string
  /** What was guessed, or could not be carried over, and what to do about it. */
  readonly notes: readonly string[]
}

/** The StreamApp that says what a hand-run app has. Fails with a question where only a person can know. */
export function manifestOf(app: HandRunApp, choices: ImportChoices): Result<ImportedManifest, string> {
  const applicationName = applicationNameOf(app, choices)
  if (!applicationName.ok) return applicationName
  const process = processOf(app.processes, choices)
  if (!process.ok) return process
  const name = applicationName.value
  const users = app.topics.filter((topic) => !isAnyInternal(topic.name, [name, ...app.groups]))
  const operators = operatorsOf(app.topics, { applicationName: name, users, sources: choices.sources })
  const { streams, notes: streamNotes } = streamsOf(app.streamsVars)
  const objectName = choices.name ?? objectNameOf(name)
  const spec = {
    app: app.app,
    process: processSpec(process.value),
    ...(app.addon === 'KAFKA' ? {} : { kafka: { addon: app.addon } }),
    ...(objectName === name ? {} : { applicationName: name }),
    topology: choices.describe === undefined ? { operators: operators.operators } : { describe: choices.describe },
    topics: users.map(topicSpec),
    ...(Object.keys(streams).length === 0 ? {} : { streams }),
    ...(process.value === undefined ? {} : { scaling: { policy: 'fixed', min: process.value.quantity } }),
  }
  return ok({
    manifest: { apiVersion, kind: 'StreamApp', metadata: { name: objectName }, spec },
    applicationName: name,
    notes: [
      ...(choices.describe === undefined ? operators.notes : []),
      ...streamNotes,
      ...otherRunners(app.processes, process.value, choices),
      ...strangers(users),
    ],
  })
}

function applicationNameOf(
  { streamsVars, groups, topics }: HandRunApp,
  choices: ImportChoices,
): Result<string, string> {
  const known = choices.applicationName ?? streamsVars['STREAMS_APPLICATION_ID']
  if (known !== undefined) return ok(known)
  const owners = groups.filter((group) => topics.some(({ name }) => isInternalTopicOf(group, name)))
  const [one, ...more] = owners.length > 0 ? owners : groups
  if (one !== undefined && more.length === 0) return ok(one)
  const found = one === undefined ? 'no consumer group says it' : `there are ${groups.join(', ')}`
  return fail(`what is its application.id, without the cluster's prefix? ${found}. Say --application-name NAME`)
}

function isAnyInternal(topic: string, applicationNames: readonly string[]): boolean {
  return applicationNames.some((name) => isInternalTopicOf(name, topic))
}

/** The one that runs the stream app: as chosen, `worker`, or the only one beside `web` and `release`. */
function processOf(
  processes: readonly HandMadeProcess[],
  { process: chosen }: ImportChoices,
): Result<HandMadeProcess | undefined, string> {
  const types = processes.map(({ type }) => type)
  if (chosen !== undefined) {
    const found = processes.find(({ type }) => type === chosen)
    return found === undefined ? fail(`there is no process type ${chosen}; there are ${types.join(', ')}`) : ok(found)
  }
  const others = processes.filter(({ type }) => !['web', 'release'].includes(type))
  const found = others.find(({ type }) => type === 'worker') ?? (others.length === 1 ? others[0] : undefined)
  if (found !== undefined || processes.length === 0) return ok(found)
  return fail(`which process type runs the stream app? There are ${types.join(', ')}. Say --process TYPE`)
}

/** `worker` is the usual one; where others run as well, a person should look. */
function otherRunners(
  processes: readonly HandMadeProcess[],
  taken: HandMadeProcess | undefined,
  { process: chosen }: ImportChoices,
): readonly string[] {
  const others = processes.filter(
    ({ type, quantity }) => quantity > 0 && type !== taken?.type && !['web', 'release'].includes(type),
  )
  if (chosen !== undefined || taken === undefined || others.length === 0) return []
  const types = others.map(({ type }) => type).join(', ')
  return [
    `process type ${taken.type} is taken; ${types} run as well: say --process TYPE if one of those is the stream app`,
  ]
}

/** Topics that look like internal ones of another application id are perhaps this app's own. */
function strangers(users: readonly HandMadeTopic[]): readonly string[] {
  const names = users.map(({ name }) => name).filter((name) => /-(changelog|repartition)$/.test(name))
  if (names.length === 0) return []
  return [
    `${names.join(', ')}: called as Kafka Streams calls what it keeps for itself, and declared as topics of yours, since they do not begin with this application name. Say --application-name NAME if they are this app's`,
  ]
}

function processSpec(process: HandMadeProcess | undefined): object {
  if (process === undefined) return {}
  const { type, size } = process
  return { ...(type === 'worker' ? {} : { type }), ...(size === undefined ? {} : { size: size.toLowerCase() }) }
}

function topicSpec({ name, partitions, retentionMs, cleanupPolicy }: HandMadeTopic): object {
  return {
    name,
    ...(partitions === undefined ? {} : { partitions }),
    ...(retentionMs === undefined || cleanupPolicy === 'compact' ? {} : { retention: formatDuration(retentionMs) }),
    ...(cleanupPolicy === undefined ? {} : { cleanupPolicy }),
  }
}

/** Kubernetes' names are lower case, with dashes; an application name may be neither. */
function objectNameOf(applicationName: string): string {
  const name = applicationName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return name === '' ? 'stream-app' : name.slice(0, 63).replace(/-$/, '')
}
