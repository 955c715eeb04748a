import type { StreamApp } from '../resource/stream-app.ts'
import { appOf, arrangeApp, arrangeBareApp, arrangeCluster, clusterOf, destroyCluster, planOf } from './arrange.ts'
import { lessonsOf } from './lessons.ts'
import { isGone, isLeftAlone, isLevel } from './level.ts'
import { remove, say } from './person.ts'
import type { Scenario } from './scenario.ts'
import { declared, meddle, meddled, one, removed } from './steps.ts'
import type { World } from './world.ts'

const day = 24 * 3_600_000

/** The lives that every StreamApp is put through. */
export function scenariosOf(app: StreamApp): readonly Scenario[] {
  return [
    one('declare', 'a StreamApp is declared on a shared cluster', app, [declared(app)]),
    {
      ...one('dedicated', 'the same on a dedicated cluster', app, [declared(app)]),
      arrange: (world) => arrangeApp(app, world, 'standard-0'),
    },
    adopt(app),
    one('edit', 'threads, settings and a topic are changed', app, [declared(app), declared(edited(app))]),
    one('drift', 'somebody changes what is ours behind our back', app, [declared(app), meddled(app)]),
    warn(app),
    suspend(app),
    one('delete', 'it is taken away again, user topics stay', app, [declared(app), removed(app)]),
    deleteAll(app),
    pair(app),
    late(app),
    appGone(app),
    short(app),
    ...lessonsOf(app),
  ]
}

function edited(app: StreamApp): StreamApp {
  const { spec } = app
  const extra = { name: `${spec.applicationName}.audit`, partitions: 2, retention: '48h' } as const
  return {
    ...app,
    spec: {
      ...spec,
      topics: [...spec.topics.map((topic) => ({ ...topic, ...longer(topic.retention) })), extra],
      streams: { ...spec.streams, config: { ...spec.streams.config, 'commit.interval.ms': 2_000 } },
    },
  }
}

function longer(retention: unknown): { readonly retention?: '7d' } {
  return retention === undefined ? {} : { retention: '7d' }
}

function adopt(app: StreamApp): Scenario {
  const arrange = (world: World): void => {
    arrangeApp(app, world)
    const cluster = clusterOf(app, world)
    for (const { name, partitions = 6 } of app.spec.topics.slice(0, 1)) {
      world.heroku.addTopic(cluster, { name, partitions, cleanupPolicy: 'delete', retentionMs: day })
    }
    if (cluster.cluster.shared) cluster.groups.set(app.spec.applicationName, { listedAtMs: 0 })
    appOf(app, world).configVars['STREAMS_NUM_STREAM_THREADS'] = '77'
  }
  return { ...one('adopt', 'part of it is there already, made by somebody else', app, [declared(app)]), arrange }
}

function warn(app: StreamApp): Scenario {
  const warning = { ...app, spec: { ...app.spec, drift: 'Warn' as const } }
  const tells = (world: World): boolean => isLeftAlone(warning, world)
  return one('warn', 'drift is told and left as it is', warning, [declared(warning), meddled(warning, tells)])
}

function suspend(app: StreamApp): Scenario {
  const still = { ...app, spec: { ...app.spec, suspend: true } }
  const stays = { act: (world: World) => say(still, world), isAtRest: (world: World) => isLeftAlone(still, world) }
  return one('suspend', 'it is suspended, disturbed, and goes on', app, [
    declared(app),
    stays,
    { act: (world) => meddle(app, world), isAtRest: () => true },
    declared(app),
  ])
}

function deleteAll(app: StreamApp): Scenario {
  const all = {
    ...app,
    spec: { ...app.spec, deletionPolicy: { ...app.spec.deletionPolicy, topics: 'Delete' as const } },
  }
  const refusesYet = (world: World): boolean =>
    world.nowMs > (world.declared.get(nameFor(all))?.saidAtMs ?? 0) + 600_000
  return one('delete-all', 'user topics go, too, once a person agrees', all, [
    declared(all),
    { act: (world) => remove(all, world), isAtRest: refusesYet },
    { act: (world) => say(all, world, true), isAtRest: (world) => isGone(all, world) },
  ])
}

function nameFor({ metadata: { namespace, name } }: StreamApp): string {
  return `${namespace}/${name}`
}

function pair(app: StreamApp): Scenario {
  const { metadata, spec } = app
  const second: StreamApp = {
    ...app,
    metadata: { ...metadata, name: `${metadata.name}-2` },
    spec: { ...spec, app: `${spec.app.slice(0, 27)}-2`, applicationName: `${spec.applicationName}.2` },
  }
  const arrange = (world: World): void => {
    arrangeApp(app, world)
    arrangeBareApp(second, world)
    world.heroku.attach(second.spec.app, `${app.spec.app}-kafka-id`, spec.kafka.addon)
  }
  const both = {
    act: async (world: World) => {
      await say(app, world)
      await say(second, world)
    },
    isAtRest: (world: World) => isLevel(app, world) && isLevel(second, world),
  }
  return {
    name: 'pair',
    about: 'two StreamApps share a cluster, and one of them goes',
    apps: [app, second],
    arrange,
    steps: [both, { ...removed(second), isAtRest: (world) => isGone(second, world) && isLevel(app, world) }],
  }
}

function late(app: StreamApp): Scenario {
  const waits = (world: World): boolean => isLeftAlone(app, world)
  return {
    ...one('late', 'it is declared before its app and its add-on are there', app, [
      { act: (world) => say(app, world), isAtRest: waits },
      { act: (world) => void arrangeBareApp(app, world), isAtRest: waits },
      {
        act: (world) => {
          arrangeCluster(app, world, planOf(app))
          world.meddledAtMs = world.nowMs
        },
        isAtRest: (world) => isLevel(app, world),
      },
    ]),
    arrange: () => {},
  }
}

function appGone(app: StreamApp): Scenario {
  return one('app-gone', 'the app is destroyed by hand, and then the StreamApp is deleted', app, [
    declared(app),
    {
      act: async (world) => {
        destroyCluster(app, world)
        world.heroku.apps.delete(app.spec.app)
        world.meddledAtMs = world.nowMs
        await remove(app, world)
      },
      isAtRest: (world) => isGone(app, world),
    },
  ])
}

function short(app: StreamApp): Scenario {
  return one('short', 'other tools have used up the calls of the account', app, [
    {
      act: async (world) => {
        world.tokens = 14
        await say(app, world)
      },
      isAtRest: (world) => isLevel(app, world),
    },
    // Until resyncs are served again, the status tells of their waiting.
    { act: () => {}, isAtRest: (world) => world.tokens > 1_300 && isLevel(app, world) },
  ])
}
