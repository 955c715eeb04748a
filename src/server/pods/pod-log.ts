import type { LogLine } from '../../heroku/log-stream.ts'
import type { LogWish } from '../../heroku/dynos.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { wholeNumber } from '../objects/list-objects.ts'
import { shown } from '../kinds/conditions.ts'
import { containerOf } from '../kinds/pod-kind.ts'
import { dynoOfPod } from './pod-of-dyno.ts'

/** What `kubectl logs` asks for. Source: Kubernetes API, "read log of the specified Pod". */
export interface PodLogWish {
  readonly heroku: LogWish & { readonly dyno: string }
  /** The Heroku app. */
  readonly app: string
  /** Lines that are older are left out. */
  readonly sinceMs: number | undefined
  readonly withTimes: boolean
  readonly limitBytes: number | undefined
}

/** As many as Logplex keeps. */
const mostLines = 1_500

export function readPodLogWish(query: URLSearchParams, pod: ApiObject, nowMs: number): PodLogWish {
  const { name: container } = containerOf(pod)
  const asked = query.get('container') ?? ''
  if (asked !== '' && asked !== container) {
    const words = `container ${asked} is not valid for pod ${pod.metadata.name}: it has ${shown(container)} alone`
    throw new ApiFailure(failure('BadRequest', words))
  }
  if (isTrue(query, 'previous')) {
    const words = 'Heroku keeps one log over restarts: what ran before is in it, without --previous'
    throw new ApiFailure(failure('BadRequest', words))
  }
  const lines = Math.min(mostLines, wholeNumber(query, 'tailLines') ?? mostLines)
  return {
    heroku: { dyno: dynoOfPod(pod.metadata.name), lines, follow: isTrue(query, 'follow') },
    app: shown(objectAt(pod, 'spec')['nodeName']),
    sinceMs: readSince(query, nowMs),
    withTimes: isTrue(query, 'timestamps'),
    limitBytes: wholeNumber(query, 'limitBytes'),
  }
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes(query.get(name) ?? '')
}

function readSince(query: URLSearchParams, nowMs: number): number | undefined {
  const seconds = wholeNumber(query, 'sinceSeconds')
  const time = query.get('sinceTime') ?? ''
  if (seconds !== undefined && time !== '') {
    throw new ApiFailure(failure('BadRequest', 'say sinceSeconds or sinceTime, not both'))
  }
  if (seconds !== undefined) return nowMs - seconds * 1000
  if (time === '') return undefined
  const sinceMs = Date.parse(time)
  if (!Number.isNaN(sinceMs)) return sinceMs
  throw new ApiFailure(failure('BadRequest', `sinceTime must be a time like 2026-01-01T00:00:00Z`))
}

/** The line as it is shown. Undefined: it is another dyno's, or too old. */
export function shownLine(line: LogLine, { heroku, sinceMs, withTimes }: PodLogWish): string | undefined {
  if (line.dyno !== '' && line.dyno !== heroku.dyno) return undefined
  if (sinceMs !== undefined && Date.parse(line.at) < sinceMs) return undefined
  // What the platform says of the dyno is told from what the dyno says.
  const text = line.source === 'app' ? line.text : `${line.source}: ${line.text}`
  return `${withTimes ? `${line.at} ` : ''}${text}\n`
}
