import { fieldsOf } from '../base/fields-of.ts'
import { desire } from '../controller/desired/desire.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { trulyThere } from './ground-truth.ts'
import type { Declared, Request, World } from './world.ts'

/** Safety at every step: what a request does must have been allowed at the moment it was sent. */
export function judgeRequest(request: Request, args: readonly unknown[], world: World): void {
  const { by, what, isWrite } = request
  if (world.lease.holder !== by || world.lease.untilMs <= world.nowMs) {
    world.violated(`${what} was sent by ${by}, which does not hold the lease`)
  }
  if (!isWrite) return
  for (const rule of broken(what.split(' ')[0] ?? '', args, world)) world.violated(`${what}: ${rule}`)
}

interface Scene {
  readonly world: World
  readonly all: readonly Declared[]
  /** The app, or the id of the add-on. */
  readonly place: string
}

type Rule = (what: unknown, scene: Scene) => readonly string[]

const rules: Readonly<Record<string, Rule>> = {
  createTopic: (topic, { all }) => namedTopic(topic, all),
  configureTopic: (topic, { all, world }) => [...namedTopic(topic, all), ...shortening(topic, all, world)],
  deleteTopic: (name, { all }) => topicDeletion(String(name), all),
  createConsumerGroup: (name, { all }) =>
    all.some(({ versions }) => versions.some(({ spec }) => spec.applicationName === name)) ? [] : [unnamed],
  deleteConsumerGroup: (name, { all }) =>
    all.some(({ versions, isDeleted }) => isDeleted && versions.at(-1)?.spec.applicationName === name)
      ? []
      : ['a group goes only with its StreamApp'],
  patchConfigVars: (patch, { all, place, world }) => [...configVars(place, patch, all), ...order(place, world)],
  patchFormation: (updates, { all, place, world }) => [
    ...formation(place, updates, all, world),
    ...(asksForNone(updates) ? [] : order(place, world)),
  ],
}

function broken(method: string, [place, what]: readonly unknown[], world: World): readonly string[] {
  const rule = rules[method]
  if (rule === undefined) return ['the simulation knows no rule for it']
  return rule(what, { world, all: [...world.declared.values()], place: String(place) })
}

const unnamed = 'no manifest names it'

function namedTopic(topic: unknown, all: readonly Declared[]): readonly string[] {
  const name = String(fieldsOf(topic)['name'])
  return all.some((declared) => namesTopic(declared, name)) ? [] : [unnamed]
}

function namesTopic({ versions }: Declared, name: string): boolean {
  return versions.some(
    ({ spec }) => spec.topics.some((topic) => topic.name === name) || name.startsWith(`${spec.applicationName}-`),
  )
}

/** Records of a user's topic are given up only where a person agreed. */
function shortening(settings: unknown, all: readonly Declared[], { heroku }: World): readonly string[] {
  const { name, retentionMs, compaction } = fieldsOf(settings)
  const owners = all.filter(({ versions }) =>
    versions.some(({ spec }) => spec.topics.some((topic) => topic.name === name)),
  )
  const [live] = [...heroku.clusters.values()].flatMap(({ topics }) => topics.get(String(name)) ?? [])
  if (live === undefined || owners.length === 0 || owners.some(({ confirmed }) => confirmed)) return []
  const shortens = live.cleanupPolicy !== 'compact' && keptMs(retentionMs) < keptMs(live.retentionMs)
  const compacts = compaction === true && live.cleanupPolicy === 'delete'
  return shortens || compacts ? ['records of a user would be lost, and nobody agreed'] : []
}

function keptMs(retentionMs: unknown): number {
  return typeof retentionMs === 'number' ? retentionMs : Infinity
}

function topicDeletion(name: string, all: readonly Declared[]): readonly string[] {
  const owners = all.filter(({ isDeleted }) => isDeleted).filter((declared) => namesTopic(declared, name))
  if (owners.length === 0) return ['a topic goes only with its StreamApp']
  const isUsers = all.some(({ versions }) => versions.some(({ spec }) => spec.topics.some((one) => one.name === name)))
  if (!isUsers) return []
  const agreed = owners.some(
    ({ versions, confirmed }) => confirmed && versions.at(-1)?.spec.deletionPolicy.topics === 'Delete',
  )
  return agreed ? [] : ['a topic of a user goes, and nobody agreed']
}

function configVars(app: string, patch: unknown, all: readonly Declared[]): readonly string[] {
  if (!all.some(({ versions }) => versions.some(({ spec }) => spec.app === app))) return [unnamed]
  return Object.keys(fieldsOf(patch))
    .filter((name) => !name.startsWith('STREAMS_'))
    .map((name) => `${name} is not ours to set`)
}

interface Update {
  readonly type: string
  readonly quantity: number
}

function updatesIn(updates: unknown): readonly Update[] {
  return Array.isArray(updates) ? (updates as readonly Update[]) : []
}

function asksForNone(updates: unknown): boolean {
  return updatesIn(updates).every(({ quantity }) => quantity === 0)
}

/** Never more dynos than some version asked for, which is bound by the tasks there are. */
function formation(app: string, updates: unknown, all: readonly Declared[], world: World): readonly string[] {
  const versions = all.flatMap((declared) => declared.versions.filter(({ spec }) => spec.app === app))
  return updatesIn(updates).flatMap(({ type, quantity }) => {
    const ours = versions.filter(({ spec }) => spec.process.type === type)
    if (ours.length === 0) return [`process type ${type}: ${unnamed}`]
    const most = Math.max(...ours.map((version) => mostDynos(version, world)))
    return quantity > most ? [`${quantity} dynos of ${type} are more than there is work for (${most})`] : []
  })
}

function mostDynos(app: StreamApp, { heroku, nowMs }: World): number {
  const there = trulyThere(heroku, app, nowMs)
  if (there === undefined) return 0
  const { tasks, formation: wish } = desire(app, there)
  const { policy, min, max = Infinity } = app.spec.scaling
  return policy === 'fixed' ? wish.quantity : Math.min(tasks.cap, Math.max(min, max))
}

/** A change of a manifest, or of the world by somebody else, that is younger than this may not have been seen yet. */
const youngMs = 60_000

/** The app is told only once all that its workers look for is there. */
function order(app: string, world: World): readonly string[] {
  if (world.nowMs < Math.max(world.meddledAtMs + youngMs, world.misledUntilMs)) return []
  return [...world.declared.values()].flatMap(({ versions, isDeleted, saidAtMs }) => {
    const version = versions.at(-1)
    const isSettled = versions.length === 1 || world.nowMs > saidAtMs + youngMs
    if (version === undefined || version.spec.app !== app || isDeleted || !isSettled) return []
    const there = trulyThere(world.heroku, version, world.nowMs)
    if (there === undefined) return []
    const { topics, applicationName } = desire(version, there)
    return [
      ...topics.filter(({ name }) => !there.topics.has(name)).map(({ name }) => `topic ${name} is not there yet`),
      ...(there.groups?.has(applicationName) === false ? ['the group is not there yet'] : []),
    ]
  })
}
