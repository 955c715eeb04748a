import { fail } from '../base/result.ts'
import { unreachable } from '../base/unreachable.ts'
import type { CallGate } from '../heroku/http-client.ts'
import type { Heroku, HerokuManners } from '../heroku/open-heroku.ts'
import { judgeRequest } from './judge-request.ts'
import { perform, type Call, type Reply } from './perform.ts'
import type { Process } from './process.ts'
import type { Disturbance } from './trouble.ts'
import type { Request, World } from './world.ts'

/** Heroku as one process sees it: each call counted, disturbed where the plan says so, and judged. */
export function herokuFor(
  process: Process,
  world: World,
  crash: (process: Process) => void,
): (m: HerokuManners) => Heroku {
  const lines = { process, world, crash }
  return ({ platformGate = openGate, dataGate = openGate }) => ({
    platform: asked(world.heroku.platform, { ...lines, api: 'platform', gate: platformGate }),
    kafkaData: asked(world.heroku.kafkaData, { ...lines, api: 'data', gate: dataGate }),
    remaining: () => world.tokens,
    close: () => {},
  })
}

const openGate: CallGate = { admit: () => undefined, answered: () => {} }

interface Line {
  readonly process: Process
  readonly world: World
  readonly crash: (process: Process) => void
  readonly api: 'platform' | 'data'
  readonly gate: CallGate
}

/** The port `real`, with `ask` before each of its methods. */
function asked<T extends object>(real: T, line: Line): T {
  return new Proxy(real, {
    get: (target, name) => {
      if (typeof Reflect.get(target, name) !== 'function') return undefined
      return (...args: unknown[]) => {
        const signal = args.at(-1)
        if (!(signal instanceof AbortSignal)) throw new TypeError(`${String(name)} was called without a signal`)
        return ask({ name: String(name), args, signal }, line)
      }
    },
  })
}

async function ask(call: Call, line: Line): Promise<Reply> {
  const { process, gate } = line
  const refused = gate.admit(what(call))
  if (refused !== undefined) return fail(refused)
  const sent = await process.through(send(call, line))
  gate.answered(sent.remaining)
  call.signal.throwIfAborted()
  return sent.reply
}

interface Sent {
  readonly reply: Reply
  readonly remaining: number | undefined
}

/** The way of one request there and back. */
async function send(call: Call, { process, world, crash, api }: Line): Promise<Sent> {
  const index = world.requests.length
  const isWrite = /^(create|configure|delete|patch)/.test(call.name)
  const request: Request = {
    index,
    atMs: world.nowMs,
    by: process.name,
    api,
    isWrite,
    what: what(call),
    changed: false,
  }
  world.requests.push(request)
  judgeRequest(request, call.args, world)
  const trouble = world.callTrouble(index)
  await meetOnTheWay(trouble, { process, world, crash })

  const latencyMs = 10 + Math.floor(world.chance() * 60)
  await world.clock.sleep(latencyMs, world.over.signal)
  const reply = await perform(call, request, { world, api, trouble })
  await meetOnTheWayBack(trouble, { process, world, crash })
  return { reply, remaining: api === 'platform' && reply.ok ? world.tokens : undefined }
}

type Scene = Pick<Line, 'process' | 'world' | 'crash'>

async function meetOnTheWay(trouble: Disturbance | undefined, { process, world, crash }: Scene): Promise<void> {
  if (trouble?.kind === 'crash' && trouble.when === 'before') {
    crash(process)
    await never
  }
  if (trouble?.kind === 'stall' && trouble.when === 'before') {
    world.misledUntilMs = world.nowMs + trouble.forMs + 1_000
    await process.stall(trouble.forMs, world.over.signal)
  }
}

async function meetOnTheWayBack(trouble: Disturbance | undefined, { process, world, crash }: Scene): Promise<void> {
  if (trouble === undefined) return
  switch (trouble.kind) {
    case 'crash':
      if (trouble.when === 'after') crash(process)
      if (trouble.when === 'unsaved') process.isDoomed = true
      return
    case 'stall':
      if (trouble.when === 'after') void process.stall(trouble.forMs, world.over.signal)
      return
    case 'slow':
    case 'fails':
      return world.clock.sleep(trouble.afterMs, world.over.signal)
    case 'stale':
      return
    default:
      unreachable(trouble)
  }
}

const never = new Promise<never>(() => {})

/** `createTopic lines`: the method, and what it is about. */
function what({ name, args: [first, second] }: Call): string {
  if (typeof second === 'string') return `${name} ${second}`
  const named: unknown = typeof second === 'object' && second !== null ? Reflect.get(second, 'name') : undefined
  return `${name} ${typeof named === 'string' ? named : String(first)}`
}
