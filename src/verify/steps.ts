import type { StreamApp } from '../resource/stream-app.ts'
import { appOf, arrangeApp, clusterOf } from './arrange.ts'
import { isGone, isLevel } from './level.ts'
import { remove, say } from './person.ts'
import type { Scenario, Step } from './scenario.ts'
import type { World } from './world.ts'

/** A scenario of one StreamApp whose app and cluster are there from the first. */
export function one(name: string, about: string, app: StreamApp, steps: readonly Step[]): Scenario {
  return { name, about, apps: [app], arrange: (world) => arrangeApp(app, world), steps }
}

export function declared(app: StreamApp): Step {
  return { act: (world) => say(app, world), isAtRest: (world) => isLevel(app, world) }
}

export function removed(app: StreamApp): Step {
  return { act: (world) => remove(app, world), isAtRest: (world) => isGone(app, world) }
}

export function meddled(app: StreamApp, isAtRest = (world: World) => isLevel(app, world)): Step {
  return { act: (world) => meddle(app, world), isAtRest }
}

/** Somebody scales by hand, unsets a setting, and takes a topic and the group away. */
export function meddle(app: StreamApp, world: World): void {
  const { spec } = app
  const there = appOf(app, world)
  there.formation = there.formation.map((process) =>
    process.type === spec.process.type ? { ...process, quantity: 0 } : process,
  )
  there.dynos = there.dynos.filter(({ type }) => type !== spec.process.type)
  delete there.configVars['STREAMS_NUM_STREAM_THREADS']
  there.releases += 1
  const { topics, groups } = clusterOf(app, world)
  groups.delete(spec.applicationName)
  const ours = [...topics.values()].find(({ name }) => name.startsWith(`${spec.applicationName}-`))
  if (ours !== undefined) topics.delete(ours.name)
  world.meddledAtMs = world.nowMs
}

/** So long after the step began. */
export function after(ms: number): Step {
  let untilMs = 0
  return { act: (world) => void (untilMs = world.nowMs + ms), isAtRest: (world) => world.nowMs >= untilMs }
}

/** The step, during which nothing at Heroku may be changed. */
export function untouched({ act, isAtRest }: Step): Step {
  let from = 0
  return {
    act: async (world) => {
      from = world.requests.length
      await act(world)
    },
    isAtRest: (world) => {
      if (!isAtRest(world)) return false
      for (const { what, changed } of world.requests.slice(from)) {
        if (changed) world.violated(`${what} changed something while nothing was to be changed`)
      }
      return true
    },
  }
}
