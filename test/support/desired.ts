import type { Desired, DesiredTopic } from '../../src/controller/desired/desired.ts'
import type { Subject, Surroundings } from '../../src/controller/reconcile.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeHeroku, type FakeCluster } from '../../src/verify/fake-heroku.ts'

/** A user topic of 6 partitions; a test names what it is about. */
export function desiredTopic(topic: Partial<DesiredTopic> = {}): DesiredTopic {
  return { name: 'lines', role: 'user', partitions: 6, retention: { kind: 'unmanaged' }, ...topic }
}

/** The word count of the design: one user topic, its changelog, its repartition topic, two threads. */
export function desired(over: Partial<Desired> = {}): Desired {
  return {
    app: 'example-app',
    applicationName: 'word-count',
    applicationId: 'wisla-12345.word-count',
    suspended: false,
    topics: [
      desiredTopic(),
      desiredTopic({ name: 'word-count-counts-changelog', role: 'changelog', cleanupPolicy: 'compact' }),
      desiredTopic({
        name: 'word-count-counts-repartition',
        role: 'repartition',
        cleanupPolicy: 'delete',
        retention: { kind: 'longest' },
      }),
    ],
    sources: ['lines', 'word-count-counts-repartition'],
    configVars: { STREAMS_APPLICATION_ID: 'wisla-12345.word-count', STREAMS_NUM_STREAM_THREADS: '2' },
    formation: { type: 'worker', quantity: 6, size: 'standard-1x' },
    formerTypes: [],
    tasks: { tasks: 12, cap: 6, usefulSizes: [1, 2, 3, 6] },
    refusals: [],
    warnings: [],
    ...over,
  }
}

export function subject(what: Desired = desired()): Subject {
  return { target: { app: what.app, addon: 'KAFKA', processType: what.formation.type }, desire: () => what }
}

export interface World {
  readonly heroku: FakeHeroku
  readonly clock: FakeClock
  readonly cluster: FakeCluster
  readonly around: Surroundings
}

/** A deployed app with a Kafka add-on, and nothing made by us yet. */
export function world(plan: 'basic-0' | 'standard-0' = 'basic-0'): World {
  const clock = new FakeClock()
  const heroku = new FakeHeroku(clock)
  heroku.addApp('example-app')
  const cluster = heroku.addCluster('example-app', plan)
  const { platform, kafkaData } = heroku
  const patience = { firstMs: 250, ceilingMs: 250, withinMs: 60_000 }
  return {
    heroku,
    clock,
    cluster,
    around: { platform, kafkaData, kafkaService: 'heroku-kafka', clock, patience, report: () => {} },
  }
}
