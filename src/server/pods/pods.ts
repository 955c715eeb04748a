import type { Clock } from '../../base/clock.ts'
import type { HerokuDynos, SeenDyno } from '../../heroku/dynos.ts'
import { describeFailure } from '../../heroku/failure.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import { ObjectCache } from '../cache/object-cache.ts'
import { shown } from '../kinds/conditions.ts'
import { Board } from './board.ts'
import { podName, podOfDyno } from './pod-of-dyno.ts'

/** What was found of one Heroku app. */
interface Look {
  readonly atMs: number
  /** As last seen; undefined where they never were. */
  readonly dynos: readonly SeenDyno[] | undefined
  /** Why it could not be looked at just now, and what to do. */
  readonly problem: string | undefined
}

/** Asked again within this time, the same is answered. */
const usualAgeMs = 2_000
/** Watchers look this often, and no more often than two seconds an app: 30 calls a minute, of the 75 that come back. */
const watchEveryMs = 5_000
const watchEveryMsPerApp = 2_000
const looksAtOnce = 8

/**
 * The dynos of every StreamApp as pods. Heroku is asked when somebody looks,
 * once for all who look at about the same time; what cannot be looked at stays
 * as it was seen last, and is told.
 */
export class Pods {
  readonly cache: ObjectCache
  readonly heroku: HerokuDynos | undefined
  readonly #kept: ObjectCache
  readonly #clock: Clock
  readonly #board: Board
  readonly #looks = new Map<string, Look>()
  readonly #looking = new Map<string, Promise<Look>>()
  readonly #stop: AbortSignal

  /** `kept`: where the StreamApps are. Without a way to Heroku there are no pods. */
  constructor(heroku: HerokuDynos | undefined, kept: ObjectCache, clock: Clock, stop: AbortSignal) {
    this.heroku = heroku
    this.#kept = kept
    this.#clock = clock
    this.#stop = stop
    this.#board = new Board('Pod', clock.now())
    this.cache = new ObjectCache(this.#board, ['Pod'])
  }

  /** Looks at every app of the namespace, or of all; answers with what could not be seen. */
  async look(namespace: string | undefined, oldestMs = usualAgeMs): Promise<readonly string[]> {
    const { heroku } = this
    if (heroku === undefined) {
      return ['dynos are not shown: set WEIR_HEROKU_API_KEY for the web process, as docs/reference/api.md says']
    }
    const apps = this.#streamApps(namespace)
    const names = [...new Set(apps.map(herokuAppOf))]
    const problems: string[] = []
    for (let first = 0; first < names.length; first += looksAtOnce) {
      const looks = names.slice(first, first + looksAtOnce).map((name) => this.#lookAt(heroku, name, oldestMs))
      for (const { problem } of await Promise.all(looks)) if (problem !== undefined) problems.push(problem)
    }
    const { objects } = await this.#board.list('Pod', namespace)
    this.#board.replace(
      objects.map(({ key }) => key),
      apps.flatMap((app) => this.#podsOf(app)),
    )
    await this.cache.fresh()
    return problems
  }

  /** Looks again and again, for whoever watches, until the signal fires. */
  async keepLooking(namespace: string | undefined, stop: AbortSignal): Promise<void> {
    for (;;) {
      const apps = new Set(this.#streamApps(namespace).map(herokuAppOf))
      const everyMs = Math.max(watchEveryMs, apps.size * watchEveryMsPerApp)
      await this.#clock.sleep(everyMs, stop)
      if (stop.aborted) return
      await this.look(namespace, everyMs * 0.9)
    }
  }

  #streamApps(namespace: string | undefined): readonly ApiObject[] {
    return this.#kept.list('StreamApp', namespace).objects.map(({ object }) => object)
  }

  #podsOf(app: ApiObject): readonly ApiObject[] {
    const { type = 'worker' } = objectAt(objectAt(app, 'spec'), 'process')
    const dynos = this.#looks.get(herokuAppOf(app))?.dynos ?? []
    return dynos
      .filter((dyno) => dyno.type === type)
      .map((dyno) => {
        const key = { kind: 'Pod', namespace: app.metadata.namespace ?? '', name: podName(app, dyno) }
        return podOfDyno(app, dyno, this.cache.get(key)?.object)
      })
  }

  async #lookAt(heroku: HerokuDynos, name: string, oldestMs: number): Promise<Look> {
    const last = this.#looks.get(name)
    if (last !== undefined && this.#clock.now() - last.atMs < oldestMs) return last
    const running = this.#looking.get(name) ?? this.#ask(heroku, name)
    this.#looking.set(name, running)
    try {
      return await running
    } finally {
      this.#looking.delete(name)
    }
  }

  async #ask(heroku: HerokuDynos, name: string): Promise<Look> {
    const answer = await heroku.dynos(name, this.#stop)
    const look = answer.ok
      ? { dynos: answer.value, problem: undefined }
      : { dynos: this.#looks.get(name)?.dynos, problem: `app ${name}: ${describeFailure(answer.error)}` }
    const found = { ...look, atMs: this.#clock.now() }
    this.#looks.set(name, found)
    return found
  }
}

function herokuAppOf(app: ApiObject): string {
  return shown(objectAt(app, 'spec')['app'])
}
