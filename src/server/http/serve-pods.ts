import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { HerokuDynos } from '../../heroku/dynos.ts'
import type { ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { Verb } from '../kinds/resource-kind.ts'
import { keyOf, missing } from '../objects/call.ts'
import { readPodLogWish, shownLine, type PodLogWish } from '../pods/pod-log.ts'
import type { Answer, StreamAnswer } from './answer.ts'
import { herokuRefusal } from './heroku-refusal.ts'
import { callOf, type ResourceRequest } from './resource-request.ts'
import { serveList, serveWatch } from './serve-collection.ts'
import type { ServerSurroundings } from './server-surroundings.ts'
import { showObject } from './show-object.ts'

/** Pods are looked at when they are asked for, then served like what is kept. */
export async function servePods(around: ServerSurroundings, verb: Verb, request: ResourceRequest): Promise<Answer> {
  const { pods } = around
  const { namespace, subresource } = request.route
  await around.cache.fresh()
  const warnings = await pods.look(namespace)
  const seen = { ...around, cache: pods.cache }
  if (verb === 'watch') return watchPods(around, serveWatch(seen, request), namespace)
  if (verb === 'list') {
    const answer = await serveList(seen, request)
    return answer.kind === 'text' ? { ...answer, warnings } : answer
  }
  const pod = podOf(seen, request, warnings)
  if (subresource === 'log') return podLog(around, request, pod)
  return showObject(around, request, { object: pod, code: 200, warnings })
}

/** Where Heroku could not be asked, nobody knows whether it is there. */
function podOf(
  { cache }: Pick<ServerSurroundings, 'cache'>,
  request: ResourceRequest,
  problems: readonly string[],
): ApiObject {
  const { target } = callOf(request)
  const found = cache.get(keyOf(target))
  if (found !== undefined) return found.object
  if (problems.length === 0) throw missing(target)
  throw new ApiFailure(failure('ServiceUnavailable', problems.join('; ')))
}

/** Heroku is looked at while somebody watches. */
function watchPods({ pods, say }: ServerSurroundings, watch: StreamAnswer, namespace: string | undefined): Answer {
  return {
    kind: 'stream',
    start: async (response, signal) => {
      const over = new AbortController()
      const looking = pods
        .keepLooking(namespace, AbortSignal.any([signal, over.signal]))
        .catch((error: unknown) => say('pods-unseen', { error: String(error) }))
      try {
        await watch.start(response, signal)
      } finally {
        over.abort()
        await looking
      }
    },
  }
}

function podLog({ pods, clock }: ServerSurroundings, { asked }: ResourceRequest, pod: ApiObject): Answer {
  const wish = readPodLogWish(asked.query, pod, clock.now())
  const way = pods.wayTo(pod.metadata.namespace ?? '', wish.app)
  if (!way.ok) throw new ApiFailure(failure('ServiceUnavailable', way.error))
  return { kind: 'stream', start: (response, signal) => sendLog(way.value, wish, response, signal) }
}

async function sendLog(
  heroku: HerokuDynos,
  wish: PodLogWish,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  const stop = AbortSignal.any([signal, left.signal])
  const opened = await heroku.log(wish.app, wish.heroku, stop)
  if (!opened.ok) throw herokuRefusal(opened.error)
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache, private' })
  response.flushHeaders()
  let leftBytes = wish.limitBytes ?? Infinity
  for await (const line of opened.value) {
    const bytes = Buffer.from(shownLine(line, wish) ?? '').subarray(0, leftBytes)
    leftBytes -= bytes.length
    // A reader that is slower than the dyno holds the session back, and not our memory.
    if (!response.write(bytes)) await once(response, 'drain', { signal: stop }).catch(ignoreGone)
    if (leftBytes <= 0 || stop.aborted) break
  }
  response.end()
}

function ignoreGone(): void {}
