import type { Clock } from '../../base/clock.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import type { HerokuWays } from '../../controller/keep/heroku-way.ts'
import type { HerokuDynos, SeenDyno } from '../../heroku/dynos.ts'
import { describeFailure } from '../../heroku/failure.ts'
import { bindingOf, boundToken, unboundApp } from '../../record/namespace-binding.ts'
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

/** One app, asked with one token. */
interface Place {
  readonly heroku: HerokuDynos
  readonly name: string
}

interface Looks {
  readonly last: Map<string, Look>
  readonly running: Map<string, Promise<Look>>
}

const noWay = 'dynos are not shown: set WEIR_HEROKU_API_KEY for the web process, as docs/reference/api.md says'

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
  readonly #ways: HerokuWays<HerokuDynos> | undefined
  readonly #kept: ObjectCache
  readonly #clock: Clock
  readonly #board: Board
  readonly #looks = new WeakMap<HerokuDynos, Looks>()
  readonly #stop: AbortSignal

  /** `kept`: where the StreamApps are, and what their namespaces are bound to. Without a way to Heroku there are no pods. */
  constructor(ways: HerokuWays<HerokuDynos> | undefined, kept: ObjectCache, clock: Clock, stop: AbortSignal) {
    this.#ways = ways
    this.#kept = kept
    this.#clock = clock
    this.#stop = stop
    this.#board = new Board('Pod', clock.now())
    this.cache = new ObjectCache(this.#board, ['Pod'])
  }

  /** Looks at every app of the namespace, or of all; answers with what could not be seen. */
  async look(namespace: string | undefined, oldestMs = usualAgeMs): Promise<readonly string[]> {
    const apps = this.#streamApps(namespace)
    const ways = apps.map((app) => ({ name: herokuAppOf(app), way: this.wayTo(namespaceOf(app), herokuAppOf(app)) }))
    const problems = new Set(this.#ways === undefined ? [noWay] : [])
    const names = new Map<HerokuDynos, Set<string>>()
    for (const { name, way } of ways) {
      if (way.ok) names.set(way.value, (names.get(way.value) ?? new Set()).add(name))
      else problems.add(way.error)
    }
    const asked = [...names].flatMap(([heroku, ofHeroku]) => [...ofHeroku].map((name) => ({ heroku, name })))
    for (let first = 0; first < asked.length; first += looksAtOnce) {
      const looks = asked.slice(first, first + looksAtOnce).map((place) => this.#lookAt(place, oldestMs))
      for (const { problem } of await Promise.all(looks)) if (problem !== undefined) problems.add(problem)
    }
    const { objects } = await this.#board.list('Pod', namespace)
    this.#board.replace(
      objects.map(({ key }) => key),
      apps.flatMap((app) => this.#podsOf(app)),
    )
    await this.cache.fresh()
    return [...problems]
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

  /** With whose token an app of a namespace is asked; or why it is not. */
  wayTo(namespace: string, app: string): Result<HerokuDynos, string> {
    if (this.#ways === undefined) return fail(noWay)
    const binding = bindingOf(namespace, this.#kept.get({ kind: 'Namespace', namespace: '', name: namespace })?.object)
    const unbound = unboundApp(binding, app)
    if (unbound !== undefined) return fail(unbound)
    const { tokenSecret } = binding
    if (tokenSecret === undefined) return ok(this.#ways.own)
    const token = boundToken({ ...binding, tokenSecret }, this.#kept.get(tokenSecret)?.object)
    return token.ok ? ok(this.#ways.withToken(token.value)) : token
  }

  #streamApps(namespace: string | undefined): readonly ApiObject[] {
    return this.#kept.list('StreamApp', namespace).objects.map(({ object }) => object)
  }

  #podsOf(app: ApiObject): readonly ApiObject[] {
    const { type = 'worker' } = objectAt(objectAt(app, 'spec'), 'process')
    const name = herokuAppOf(app)
    const way = this.wayTo(namespaceOf(app), name)
    const dynos = way.ok ? (this.#looksOf(way.value).last.get(name)?.dynos ?? []) : []
    return dynos
      .filter((dyno) => dyno.type === type)
      .map((dyno) => {
        const key = { kind: 'Pod', namespace: namespaceOf(app), name: podName(app, dyno) }
        return podOfDyno(app, dyno, this.cache.get(key)?.object)
      })
  }

  /** What one token sees is not shown to another. */
  #looksOf(heroku: HerokuDynos): Looks {
    const looks = this.#looks.get(heroku) ?? { last: new Map(), running: new Map() }
    this.#looks.set(heroku, looks)
    return looks
  }

  async #lookAt({ heroku, name }: Place, oldestMs: number): Promise<Look> {
    const looks = this.#looksOf(heroku)
    const last = looks.last.get(name)
    if (last !== undefined && this.#clock.now() - last.atMs < oldestMs) return last
    const running = looks.running.get(name) ?? this.#ask(heroku, name)
    looks.running.set(name, running)
    try {
      return await running
    } finally {
      looks.running.delete(name)
    }
  }

  async #ask(heroku: HerokuDynos, name: string): Promise<Look> {
    const { last } = this.#looksOf(heroku)
    const answer = await heroku.dynos(name, this.#stop)
    const look = answer.ok
      ? { dynos: answer.value, problem: undefined }
      : { dynos: last.get(name)?.dynos, problem: `app ${name}: ${describeFailure(answer.error)}` }
    const found = { ...look, atMs: this.#clock.now() }
    last.set(name, found)
    return found
  }
}

function herokuAppOf(app: ApiObject): string {
  return shown(objectAt(app, 'spec')['app'])
}

function namespaceOf({ metadata }: ApiObject): string {
  return metadata.namespace ?? ''
}
