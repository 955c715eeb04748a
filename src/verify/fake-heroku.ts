import type { Clock } from '../base/clock.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { HerokuFailure } from '../heroku/failure.ts'
import type { Cluster, ClusterTopic, KafkaData, NewTopic, TopicSettings } from '../heroku/kafka-data.ts'
import type { Attachment, FormationUpdate, HerokuPlatform, ProcessFormation, RunningDyno } from '../heroku/platform.ts'

export interface FakeApp {
  formation: ProcessFormation[]
  configVars: Record<string, string>
  attachments: Attachment[]
  releases: number
  /** Who made the newest of them, and how it is called. */
  newest: { readonly by: string; readonly description: string }
  hasSlug: boolean
  dynos: FakeDyno[]
}

interface FakeDyno extends RunningDyno {
  readonly upAtMs: number
}

interface FakeTopic extends ClusterTopic {
  readonly listedAtMs: number
  readonly readyAtMs: number
  readonly goneAtMs: number
}

export interface FakeCluster {
  readonly cluster: Cluster
  readonly topics: Map<string, FakeTopic>
  readonly groups: Map<string, { readonly listedAtMs: number }>
  provisioned: boolean
}

/** What happens to one call: it fails with or without its effect, or the caller dies before or after it. */
export type Fault =
  | { readonly kind: 'fails'; readonly failure: HerokuFailure; readonly effect: boolean }
  | { readonly kind: 'dies'; readonly effect: boolean }

export class CallerDied extends Error {}

export interface Call {
  readonly api: 'platform' | 'data'
  readonly kind: 'read' | 'write'
  readonly name: string
}

const hour = 3_600_000

export type FakePlan = 'basic-0' | 'standard-0'

const plans = {
  'basic-0': {
    shared: true,
    prefix: 'wisla-12345.',
    limits: {
      minimumRetentionMs: 24 * hour,
      maximumRetentionMs: 7 * 24 * hour,
      maximumPartitionsPerTopic: 48,
      maximumPartitions: 240,
      maximumTopics: 40,
    },
    defaults: { partitions: 8, retentionMs: 24 * hour },
  },
  'standard-0': {
    shared: false,
    prefix: null,
    limits: {
      minimumRetentionMs: 6 * hour,
      maximumRetentionMs: 14 * 24 * hour,
      maximumPartitionsPerTopic: 256,
      maximumPartitions: 12_000,
      maximumTopics: null,
    },
    defaults: { partitions: 32, retentionMs: 24 * hour },
  },
} as const

/** Heroku in memory: topics and groups come later than the answer does, basic plans put a prefix before names. */
export class FakeHeroku {
  readonly apps = new Map<string, FakeApp>()
  readonly clusters = new Map<string, FakeCluster>()
  readonly calls: Call[] = []
  readonly delays = { listedMs: 400, readyMs: 900, goneMs: 300, groupMs: 600, dynoMs: 0 }
  readonly #clock: Clock
  /** By the number of the call, counted from 0 at the last `forgetCalls`. */
  #faults = new Map<number, Fault>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get platform(): HerokuPlatform {
    return {
      formation: (app) =>
        this.#call('platform', 'read', 'formation', () => this.#app(app, ({ formation }) => formation)),
      configVars: (app) =>
        this.#call('platform', 'read', 'configVars', () => this.#app(app, ({ configVars }) => configVars)),
      attachments: (app) =>
        this.#call('platform', 'read', 'attachments', () => this.#app(app, ({ attachments }) => attachments)),
      dynos: (app) => this.#call('platform', 'read', 'dynos', () => this.#app(app, (it) => this.#dynos(it))),
      currentRelease: (app) =>
        this.#call('platform', 'read', 'currentRelease', () =>
          this.#app(app, ({ releases, hasSlug, newest }) => ({
            version: releases,
            status: 'succeeded',
            hasSlug,
            ...newest,
          })),
        ),
      patchConfigVars: (app, patch) =>
        this.#call('platform', 'write', 'patchConfigVars', () =>
          this.#app(app, (it) => this.#patchConfigVars(it, patch)),
        ),
      patchFormation: (app, updates) =>
        this.#call('platform', 'write', 'patchFormation', () => {
          const found = this.#app(app, (it) => it)
          return found.ok ? this.#patchFormation(found.value, updates) : found
        }),
    }
  }

  get kafkaData(): KafkaData {
    return {
      cluster: (id) => this.#call('data', 'read', 'cluster', () => this.#cluster(id, ({ cluster }) => ok(cluster))),
      topics: (id) =>
        this.#call('data', 'read', 'topics', () =>
          this.#cluster(id, ({ cluster, topics }) => ok({ prefix: cluster.prefix, topics: this.#listed(topics) })),
        ),
      consumerGroups: (id) =>
        this.#call('data', 'read', 'consumerGroups', () =>
          this.#cluster(id, ({ groups }) =>
            ok([...groups].filter(([, { listedAtMs }]) => listedAtMs <= this.#clock.now()).map(([name]) => name)),
          ),
        ),
      createTopic: (id, topic) =>
        this.#call('data', 'write', 'createTopic', () => this.#cluster(id, (it) => this.#create(it, topic))),
      configureTopic: (id, topic) =>
        this.#call('data', 'write', 'configureTopic', () => this.#cluster(id, (it) => configure(it, topic))),
      deleteTopic: (id, name) =>
        this.#call('data', 'write', 'deleteTopic', () =>
          this.#cluster(id, ({ topics }) => {
            const topic = topics.get(name)
            if (topic !== undefined) topics.set(name, { ...topic, goneAtMs: this.#clock.now() + this.delays.goneMs })
            return ok(undefined)
          }),
        ),
      createConsumerGroup: (id, name) =>
        this.#call('data', 'write', 'createConsumerGroup', () =>
          this.#cluster(id, ({ cluster, groups }) => {
            if (cluster.shared && !groups.has(name))
              groups.set(name, { listedAtMs: this.#clock.now() + this.delays.groupMs })
            return ok(undefined)
          }),
        ),
      deleteConsumerGroup: (id, name) =>
        this.#call('data', 'write', 'deleteConsumerGroup', () =>
          this.#cluster(id, ({ groups }) => {
            groups.delete(name)
            return ok(undefined)
          }),
        ),
    }
  }

  addApp(name: string, app: Partial<FakeApp> = {}): FakeApp {
    const made: FakeApp = {
      formation: [{ type: 'worker', quantity: 0, size: 'Standard-1X' }],
      configVars: {},
      attachments: [],
      releases: 1,
      newest: { by: 'owner@example.com', description: 'Deploy' },
      hasSlug: true,
      dynos: [],
      ...app,
    }
    this.apps.set(name, made)
    return made
  }

  /** A cluster attached as KAFKA. */
  addCluster(app: string, plan: FakePlan = 'basic-0', limits: Partial<Cluster['limits']> = {}): FakeCluster {
    const usual = plans[plan]
    const made: FakeCluster = {
      cluster: { ...usual, limits: { ...usual.limits, ...limits }, supportsMixedCleanupPolicy: true },
      topics: new Map(),
      groups: new Map(),
      provisioned: true,
    }
    this.clusters.set(`${app}-kafka-id`, made)
    this.attach(app, `${app}-kafka-id`)
    return made
  }

  /** Attaches a cluster that is there already: two apps may share one. */
  attach(app: string, id: string, name = 'KAFKA'): void {
    const owner = this.apps.get(app)
    const cluster = this.clusters.get(id)?.cluster
    if (owner === undefined || cluster === undefined) throw new TypeError(`no app ${app} or no cluster ${id}`)
    const vars = {
      [`${name}_URL`]: 'kafka+ssl://127.0.0.1:9096',
      ...(cluster.prefix === null ? {} : { [`${name}_PREFIX`]: cluster.prefix }),
    }
    owner.attachments.push({
      name,
      addon: { id, name: `kafka-curved-${12_345 + [...this.clusters.keys()].indexOf(id)}` },
      plan: `heroku-kafka:${cluster.shared ? 'basic-0' : 'standard-0'}`,
      configVars: Object.keys(vars),
    })
    Object.assign(owner.configVars, vars)
  }

  /** Another Heroku in the state that this one is in now. */
  copy(): FakeHeroku {
    const copy = new FakeHeroku(this.#clock)
    Object.assign(copy.delays, this.delays)
    for (const [name, app] of this.apps) copy.apps.set(name, structuredClone(app))
    for (const [id, cluster] of this.clusters) copy.clusters.set(id, structuredClone(cluster))
    return copy
  }

  addTopic({ topics }: FakeCluster, topic: Omit<ClusterTopic, 'isGoing'>): void {
    topics.set(topic.name, { ...topic, isGoing: false, listedAtMs: 0, readyAtMs: 0, goneAtMs: Infinity })
  }

  forgetCalls(): void {
    this.calls.length = 0
    this.#faults.clear()
  }

  faultAt(call: number, fault: Fault): void {
    this.#faults.set(call, fault)
  }

  count(api: Call['api'], kind: Call['kind']): number {
    return this.calls.filter((call) => call.api === api && call.kind === kind).length
  }

  #call<T>(
    api: Call['api'],
    kind: Call['kind'],
    name: string,
    effect: () => Result<T, HerokuFailure>,
  ): Promise<Result<T, HerokuFailure>> {
    const fault = this.#faults.get(this.calls.length)
    this.calls.push({ api, kind, name })
    if (fault === undefined) return Promise.resolve(structuredClone(effect()))
    if (fault.effect) effect()
    return fault.kind === 'dies' ? Promise.reject(new CallerDied(name)) : Promise.resolve(fail(fault.failure))
  }

  #app<T>(name: string, then: (app: FakeApp) => T): Result<T, HerokuFailure> {
    const app = this.apps.get(name)
    if (app === undefined)
      return fail({ kind: 'not-found', call: name, resource: 'app', said: "Couldn't find that app." })
    return ok(then(app))
  }

  #cluster<T>(id: string, then: (cluster: FakeCluster) => Result<T, HerokuFailure>): Result<T, HerokuFailure> {
    const cluster = this.clusters.get(id)
    if (cluster?.provisioned !== true) return fail({ kind: 'not-found', call: id, resource: null, said: 'Not found.' })
    for (const [name, { goneAtMs }] of cluster.topics) if (goneAtMs <= this.#clock.now()) cluster.topics.delete(name)
    return then(cluster)
  }

  #listed(topics: FakeCluster['topics']): readonly ClusterTopic[] {
    const nowMs = this.#clock.now()
    return [...topics.values()]
      .filter(({ listedAtMs }) => listedAtMs <= nowMs)
      .map(({ name, partitions, cleanupPolicy, retentionMs, readyAtMs, goneAtMs }) => ({
        name,
        partitions: readyAtMs <= nowMs ? partitions : 0,
        cleanupPolicy,
        retentionMs,
        isGoing: goneAtMs < Infinity,
      }))
  }

  /** Whoever changed the formation behind our back has its dynos, too. */
  #dynos(app: FakeApp): readonly RunningDyno[] {
    const isFormed = app.formation.every(
      ({ type, quantity }) => app.dynos.filter((dyno) => dyno.type === type).length === quantity,
    )
    if (!isFormed) app.dynos = this.#started(app)
    const nowMs = this.#clock.now()
    return app.dynos.map(({ upAtMs, ...dyno }) => (upAtMs <= nowMs ? dyno : { ...dyno, state: 'starting' }))
  }

  /** Makes a release, which restarts every dyno. */
  #patchConfigVars(app: FakeApp, patch: Readonly<Record<string, string | null>>): Record<string, string> {
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) delete app.configVars[name]
      else app.configVars[name] = value
    }
    app.releases += 1
    const description = `Set ${Object.keys(patch).join(', ')} config vars`
    app.newest = { by: 'weirkeeper@example.com', description }
    app.dynos = this.#started(app)
    return app.configVars
  }

  #patchFormation(
    app: FakeApp,
    updates: readonly FormationUpdate[],
  ): Result<readonly ProcessFormation[], HerokuFailure> {
    const next = scaled(app.formation, updates)
    if (!next.ok) return next
    app.formation = [...next.value]
    app.dynos = this.#started(app)
    return next
  }

  #started({ formation, releases }: FakeApp): FakeDyno[] {
    const upAtMs = this.#clock.now() + this.delays.dynoMs
    return formation.flatMap(({ type, quantity, size }) =>
      Array.from({ length: quantity }, (_, index) => ({
        name: `${type}.${index + 1}`,
        type,
        state: 'up',
        releaseVersion: releases,
        size,
        upAtMs,
      })),
    )
  }

  #create({ cluster, topics }: FakeCluster, topic: NewTopic): Result<void, HerokuFailure> {
    const refused = (said: string): Result<never, HerokuFailure> => fail({ kind: 'invalid', call: 'createTopic', said })
    if (topics.has(topic.name)) return refused(`topic ${topic.name} already exists`)
    if (topic.retentionMs === null && !(topic.compaction && cluster.supportsMixedCleanupPolicy))
      return refused('retention_time_ms is required')
    const used = [...topics.values()].reduce((sum, { partitions }) => sum + partitions, 0)
    if (used + topic.partitions > (cluster.limits.maximumPartitions ?? Infinity)) return refused('too many partitions')
    const nowMs = this.#clock.now()
    topics.set(topic.name, {
      ...state(topic, cluster),
      isGoing: false,
      partitions: topic.partitions,
      listedAtMs: nowMs + this.delays.listedMs,
      readyAtMs: nowMs + this.delays.readyMs,
      goneAtMs: Infinity,
    })
    return ok(undefined)
  }
}

function scaled(
  formation: readonly ProcessFormation[],
  updates: readonly FormationUpdate[],
): Result<readonly ProcessFormation[], HerokuFailure> {
  const call = 'PATCH formation'
  const absent = updates.find(({ type }) => formation.every((process) => process.type !== type))
  if (absent !== undefined)
    return fail({ kind: 'not-found', call, resource: 'formation', said: `no type ${absent.type}` })
  const next = formation.map((process) => {
    const { quantity, size = process.size } = updates.find(({ type }) => type === process.type) ?? process
    return { type: process.type, quantity, size: size.replaceAll(/(^|-|\d)[a-z]/g, (start) => start.toUpperCase()) }
  })
  const running = next.filter(({ quantity }) => quantity > 0)
  const basic = running.filter(({ size }) => size === 'Basic').length
  if (basic > 0 && basic < running.length)
    return fail({ kind: 'invalid', call, said: 'basic dynos cannot be mixed with others' })
  return ok(next)
}

function configure({ cluster, topics }: FakeCluster, settings: TopicSettings): Result<void, HerokuFailure> {
  const topic = topics.get(settings.name)
  if (topic === undefined)
    return fail({ kind: 'not-found', call: 'configureTopic', resource: 'topic', said: 'Not found.' })
  topics.set(settings.name, { ...topic, ...state(settings, cluster) })
  return ok(undefined)
}

function state(
  { name, compaction, retentionMs }: TopicSettings,
  { supportsMixedCleanupPolicy }: Cluster,
): Pick<ClusterTopic, 'name' | 'cleanupPolicy' | 'retentionMs'> {
  const mixed = retentionMs !== null && supportsMixedCleanupPolicy ? 'compact,delete' : 'compact'
  return { name, cleanupPolicy: compaction ? mixed : 'delete', retentionMs }
}
