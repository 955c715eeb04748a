import { randomBytes, randomUUID } from 'node:crypto'
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Clock } from '../base/clock.ts'
import type { Secret } from '../base/secret.ts'
import type { HerokuWays } from '../controller/keep/heroku-way.ts'
import type { Sight } from '../controller/observe/observe.ts'
import type { HerokuDynos } from '../heroku/dynos.ts'
import type { ControlRecord, EventFeed } from '../record/record.ts'
import { authenticator, type KnownToken } from './access/authenticate.ts'
import { LongAnswers } from './access/long-answers.ts'
import { ObjectCache } from './cache/object-cache.ts'
import { isHook } from './hooks/take-hook.ts'
import { foundObjects } from './found-objects.ts'
import { Tellings } from './events/tellings.ts'
import { handleRequest, type Documents } from './http/handle-request.ts'
import type { Answer } from './http/answer.ts'
import type { Asked } from './http/asked.ts'
import { Crowd } from './http/crowd.ts'
import { listenOn, serverAddress } from './http/listen-on.ts'
import { Outgoing } from './http/outgoing.ts'
import { respond } from './http/respond.ts'
import type { ServerSurroundings } from './http/server-surroundings.ts'
import { UserShares, type UserLimits } from './http/user-shares.ts'
import { kubeconfig } from './kubeconfig.ts'
import { recordKinds } from './kinds/all-kinds.ts'
import { openapiV2 } from './openapi/openapi-v2.ts'
import { openapiV3 } from './openapi/openapi-v3.ts'
import { Pods } from './pods/pods.ts'
import { keepSwept } from './sweep/keep-swept.ts'
import { reachable } from './reachable-record.ts'
import type { ServerTls } from './tls.ts'

export interface ServerOptions {
  readonly record: ControlRecord & EventFeed
  /** Undefined: plain HTTP, for a router that ends TLS itself. kubectl sends no token over that. */
  readonly tls: ServerTls | undefined
  readonly tokens: readonly KnownToken[]
  readonly clock: Clock
  /** 0: any that is free. */
  readonly port: number
  /** 127.0.0.1 unless a router stands before it. */
  readonly host?: string
  /** What the secrets of Heroku's webhooks follow from; left out: none is taken. */
  readonly hookSecret?: Secret
  /** Left out: nobody is held back. */
  readonly userLimits?: UserLimits | undefined
  /** Where dynos are looked at, for pods; left out: there are none. */
  readonly dynos?: HerokuWays<HerokuDynos> | undefined
  /** Where plans are made; left out: there are none. */
  readonly sights?: HerokuWays<Sight> | undefined
  readonly say?: (message: string, fields: object) => void
}

export interface RunningServer {
  readonly url: string
  /** For the first of the tokens. Undefined where there is none. */
  readonly kubeconfig: string | undefined
  /** Ends every watch, lets what is being answered end, and closes. */
  readonly close: () => Promise<void>
}

/** Serves the API over the record until `close`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { tls, tokens, clock, port, host = '127.0.0.1', say = () => {} } = options
  const stop = new AbortController()
  const record = reachable(options.record, (cause) => say('record-unreachable', { error: String(cause) }))
  const cache = new ObjectCache(record, recordKinds)
  followCache(cache, clock, stop.signal)
  const authenticate = authenticator(tokens, cache)
  const longAnswers = new LongAnswers(authenticate, clock)
  const around: ServerSurroundings = {
    record,
    cache,
    clock,
    tellings: new Tellings(record),
    pods: new Pods(options.dynos, cache, clock, stop.signal),
    authenticate,
    longAnswers,
    sights: options.sights,
    stop: stop.signal,
    shares: options.userLimits && new UserShares(options.userLimits, clock),
    nowMs: () => clock.now(),
    newUid: randomUUID,
    newSuffix,
    newToken: () => randomBytes(32).toString('base64url'),
    hookSecret: options.hookSecret,
    say,
  }
  await foundObjects(around)
  await cache.fresh()
  const revoked = longAnswers.keepLooking(stop.signal)
  const swept = keepSwept(around, recordKinds, say, stop.signal)
  const documents: Documents = documentsNow()
  const [crowd, hooks] = [new Crowd(mostAtOnce), new Crowd(mostHooksAtOnce)]
  const outgoing = new Outgoing()
  const handle = (asked: Asked): Promise<Answer> =>
    (isHook(asked) ? hooks : crowd).enter(() => handleRequest(around, documents, asked))
  const server = serverFor(tls, (request, response) => {
    void respond({ request, response }, handle, { say, stop: stop.signal, outgoing })
  })
  await listenOn(server, port, host)
  const url = `${tls === undefined ? 'http' : 'https'}://${serverAddress(server)}`
  const token = tokens[0]?.token
  return {
    url,
    kubeconfig: token === undefined ? undefined : kubeconfig({ url, authority: tls?.authority, token }),
    close: async () => {
      stop.abort()
      await Promise.all([swept, revoked, closed(server, () => crowd.isEmpty)])
    },
  }
}

/** Between two looks at a record that could not be reached. */
const lookAgainMs = 500

/** Watchers hear what was written while the record was out of reach as soon as it is back. That it is away was said already. */
function followCache(cache: ObjectCache, clock: Clock, signal: AbortSignal): void {
  let isWaiting = false
  const lookAgain = async (): Promise<void> => {
    if (isWaiting) return
    isWaiting = true
    await clock.sleep(lookAgainMs, signal)
    isWaiting = false
    if (!signal.aborted) await cache.fresh().catch(lookAgain)
  }
  cache.follow(() => void lookAgain(), signal)
}

/** Made once: the kinds do not change while we run. */
function documentsNow(): Documents {
  const openapi = openapiV3()
  return { openapi, openapiV2: openapiV2(openapi.documents.values()) }
}

/** Requests that are being answered at once; a watch counts until it has begun. */
const mostAtOnce = 400
/** Of webhooks, whose bodies are waited for before it is known who sends them: strangers keep out strangers alone. */
const mostHooksAtOnce = 20

type Listener = (request: IncomingMessage, response: ServerResponse) => void

function serverFor(tls: ServerTls | undefined, listener: Listener): Server {
  const server =
    tls === undefined ? createPlainServer(listener) : createTlsServer({ cert: tls.certificate, key: tls.key }, listener)
  // A watch is an answer that lasts; only the request itself must come in time.
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  // Longer than the idle time of Heroku's router, so that it never finds a connection closed under it.
  server.keepAliveTimeout = 95_000
  return server
}

/** Letters that make no words. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

function newSuffix(): string {
  return [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('')
}

/** Heroku kills a dyno thirty seconds after it told it to stop. */
const longestAnswerMs = 20_000
const idleMs = 2_000

/** What is being answered is answered; what is left a moment later is a client that does not read. */
async function closed(server: Server, isIdle: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  const beganMs = performance.now()
  const force = setInterval(() => {
    const pastMs = performance.now() - beganMs
    if ((pastMs >= idleMs && isIdle()) || pastMs >= longestAnswerMs) server.closeAllConnections()
  }, 100)
  await promise
  clearInterval(force)
}
