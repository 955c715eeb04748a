import { fail, type Result } from '../base/result.ts'
import type { HerokuFailure } from '../heroku/failure.ts'
import type { FakeHeroku } from './fake-heroku.ts'
import type { Disturbance } from './trouble.ts'
import type { Request, World } from './world.ts'

export interface Call {
  /** The method of the port. */
  readonly name: string
  readonly args: readonly unknown[]
  readonly signal: AbortSignal
}

export type Reply = Result<unknown, HerokuFailure>

export interface Circumstances {
  readonly world: World
  readonly api: 'platform' | 'data'
  readonly trouble: Disturbance | undefined
}

/** What Heroku does about a request that has arrived, and what it answers. */
export async function perform(call: Call, request: Request, around: Circumstances): Promise<Reply> {
  const { trouble } = around
  const refusal = refusalOf(request, around)
  if (refusal !== undefined) return fail(refusal)
  const reply = request.isWrite ? await change(call, request, around) : await look(call, request, around)
  return trouble?.kind === 'fails' ? fail(trouble.failure(request.what)) : reply
}

/** Why nothing is done about it at all. */
function refusalOf(request: Request, { world, api, trouble }: Circumstances): HerokuFailure | undefined {
  const call = request.what
  if (trouble?.kind === 'fails' && !trouble.effect) return trouble.failure(call)
  if (world.outage?.test(call) === true) {
    return { kind: 'unavailable', call, status: 503, said: 'an outage of the simulation' }
  }
  const isAdmitted = api === 'data' || takeToken(request, world)
  return isAdmitted ? undefined : { kind: 'rate-limited', call, retryAfterMs: 60_000 }
}

function takeToken({ what }: Request, world: World): boolean {
  if (world.tokens < 1) {
    world.violated(`${what} was sent with no call left to the account`)
    return false
  }
  world.tokens -= 1
  return true
}

async function change(call: Call, request: Request, { world, api }: Circumstances): Promise<Reply> {
  world.remember()
  const before = fingerprint(world.heroku)
  const reply = await ask(call, api, world.heroku)
  request.changed = before !== fingerprint(world.heroku)
  // At Heroku each write of config vars makes a release, and each release restarts the dynos.
  if (call.name === 'patchConfigVars' && reply.ok) world.restarts += 1
  return reply
}

/** A look that comes late sees the state before the last write; others see the world. */
function look(call: Call, { what }: Request, { world, api, trouble }: Circumstances): Promise<Reply> {
  const left = trouble?.kind === 'stale' ? trouble.looks : (world.staleLooks.get(what) ?? 0)
  world.staleLooks.set(what, Math.max(0, left - 1))
  if (left === 0 || world.past === undefined) return ask(call, api, world.heroku)
  world.misledUntilMs = world.nowMs + 15_000
  return ask(call, api, world.past)
}

function ask({ name, args }: Call, api: Circumstances['api'], heroku: FakeHeroku): Promise<Reply> {
  const port: object = api === 'platform' ? heroku.platform : heroku.kafkaData
  const method: unknown = Reflect.get(port, name)
  if (typeof method !== 'function') throw new TypeError(`Heroku has no ${name}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every method of both ports answers so
  return Reflect.apply(method, port, args) as Promise<Reply>
}

function fingerprint({ apps, clusters }: FakeHeroku): string {
  const lasting = [...apps].map(([name, { formation, configVars }]) => [name, formation, configVars])
  const inside = [...clusters].map(([id, { topics, groups }]) => [id, [...topics], [...groups.keys()]])
  return JSON.stringify([lasting, inside])
}
