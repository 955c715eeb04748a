import type { StreamApp } from '../resource/stream-app.ts'
import type { FakeApp, FakeCluster, FakePlan } from './fake-heroku.ts'
import type { World } from './world.ts'

const size = 'Standard-1X'

/** A deployed app with a cluster, and beside ours what is nobody's business: a web process, a setting, a topic, a group. */
export function arrangeApp(app: StreamApp, world: World, plan: FakePlan = planOf(app)): void {
  arrangeBareApp(app, world)
  arrangeCluster(app, world, plan)
}

export function arrangeBareApp({ spec }: StreamApp, { heroku }: World): FakeApp {
  const isSmall = /^(eco|basic)$/i.test(spec.process.size ?? '')
  const types = [...new Set([spec.process.type, 'web', 'clock'])]
  const formation = types.map((type) => ({ type, quantity: type === 'web' && !isSmall ? 1 : 0, size }))
  return heroku.addApp(spec.app, { formation, configVars: { OTHER: 'stays' } })
}

export function arrangeCluster({ spec }: StreamApp, { heroku }: World, plan: FakePlan): FakeCluster {
  const cluster = heroku.addCluster(spec.app, plan)
  const foreign = { name: 'billing', partitions: 3, cleanupPolicy: 'delete', retentionMs: 86_400_000 } as const
  heroku.addTopic(cluster, foreign)
  if (plan === 'basic-0') cluster.groups.set('billing', { listedAtMs: 0 })
  return cluster
}

export function planOf({ spec }: StreamApp): FakePlan {
  return spec.kafka.plan === undefined || spec.kafka.plan.startsWith('basic') ? 'basic-0' : 'standard-0'
}

/** The cluster that the StreamApp's app has attached. */
export function clusterOf({ spec }: StreamApp, { heroku }: World): FakeCluster {
  const attachment = heroku.apps.get(spec.app)?.attachments.find(({ name }) => name === spec.kafka.addon)
  const cluster = heroku.clusters.get(attachment?.addon.id ?? '')
  if (cluster === undefined) throw new TypeError(`app ${spec.app} has no cluster`)
  return cluster
}

/** The add-on is destroyed: its topics and groups with it, and what it had set on the app. */
export function destroyCluster(app: StreamApp, world: World): void {
  const { attachments, configVars } = appOf(app, world)
  for (const { addon, configVars: names } of attachments.splice(0)) {
    world.heroku.clusters.delete(addon.id)
    for (const name of names) delete configVars[name]
  }
}

export function appOf({ spec }: StreamApp, { heroku }: World): FakeApp {
  const app = heroku.apps.get(spec.app)
  if (app === undefined) throw new TypeError(`there is no app ${spec.app}`)
  return app
}
