import { createHash } from 'node:crypto'
import type { SeenDyno } from '../../heroku/dynos.ts'
import type { JsonObject } from '../../record/record.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import { shown } from '../kinds/conditions.ts'
import { containerOf, sizeAnnotation } from '../kinds/pod-kind.ts'

/** Beside each pod: `kubectl logs -l streams.weirkeeper.dev/streamapp=NAME`. */
const appLabel = 'streams.weirkeeper.dev/streamapp'
const processLabel = 'streams.weirkeeper.dev/process'
const longestLabel = 63

/** A process type has no dot, so the last two parts are the dyno's name. */
export function podName({ metadata }: ApiObject, { name }: Pick<SeenDyno, 'name'>): string {
  return `${metadata.name}.${name}`
}

export function dynoOfPod(pod: string): string {
  return pod.split('.').slice(-2).join('.')
}

/**
 * A dyno as a pod of the StreamApp that it belongs to. It stays the same pod
 * over restarts, as Heroku keeps its name; `before` is how it was seen last.
 */
export function podOfDyno(app: ApiObject, dyno: SeenDyno, before: ApiObject | undefined): ApiObject {
  const heroku = shown(objectAt(app, 'spec')['app'])
  const { name: owner, namespace, uid = '' } = app.metadata
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(app, dyno),
      ...(namespace === undefined ? {} : { namespace }),
      uid: uidOf(uid, dyno.name),
      creationTimestamp: before?.metadata.creationTimestamp ?? wholeSeconds(dyno.createdAt),
      labels: { ...(owner.length > longestLabel ? {} : { [appLabel]: owner }), [processLabel]: dyno.type },
      annotations: { [sizeAnnotation]: dyno.size },
      ownerReferences: [
        { apiVersion: app.apiVersion, kind: app.kind, name: owner, uid, controller: true, blockOwnerDeletion: false },
      ],
    },
    spec: {
      containers: [{ name: dyno.type, image: imageOf(heroku, dyno) }],
      nodeName: heroku,
      restartPolicy: 'Always',
      // `kubectl debug` takes it for given.
      securityContext: {},
    },
    status: statusOf(heroku, dyno, before),
  }
}

function statusOf(heroku: string, dyno: SeenDyno, before: ApiObject | undefined): JsonObject {
  const { phase, isReady, state } = meaningOf(dyno)
  const containerID = `heroku://${dyno.id}`
  const was = before === undefined ? {} : containerOf(before)
  const seen = typeof was['restartCount'] === 'number' ? was['restartCount'] : 0
  const isAnother = was['containerID'] !== undefined && was['containerID'] !== containerID
  const ready = isReady ? 'True' : 'False'
  const since = wholeSeconds(dyno.updatedAt)
  return {
    phase,
    startTime: wholeSeconds(dyno.createdAt),
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: type.endsWith('Ready') ? ready : 'True',
      ...(type.endsWith('Ready') ? { reason: reasonOf(dyno) } : {}),
      lastTransitionTime: since,
    })),
    containerStatuses: [
      {
        name: dyno.type,
        image: imageOf(heroku, dyno),
        imageID: imageOf(heroku, dyno),
        containerID,
        ready: isReady,
        started: isReady,
        restartCount: seen + (isAnother ? 1 : 0),
        state,
      },
    ],
  }
}

interface Meaning {
  readonly phase: 'Pending' | 'Running' | 'Succeeded'
  readonly isReady: boolean
  readonly state: JsonObject
}

/** What Heroku's word for a dyno's state is to Kubernetes. Source: Dev Center, "Dyno states". */
function meaningOf(dyno: SeenDyno): Meaning {
  const startedAt = wholeSeconds(dyno.createdAt)
  switch (dyno.state) {
    case 'up':
      return { phase: 'Running', isReady: true, state: { running: { startedAt } } }
    case 'crashed':
      return { phase: 'Running', isReady: false, state: { waiting: { reason: reasonOf(dyno) } } }
    case 'down':
      return {
        phase: 'Succeeded',
        isReady: false,
        state: {
          terminated: { exitCode: 0, reason: reasonOf(dyno), startedAt, finishedAt: wholeSeconds(dyno.updatedAt) },
        },
      }
    default:
      return { phase: 'Pending', isReady: false, state: { waiting: { reason: reasonOf(dyno) } } }
  }
}

/** `Starting`, `Crashed`: one word, as reasons are. */
function reasonOf({ state }: SeenDyno): string {
  return `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`
}

function imageOf(heroku: string, { releaseVersion }: SeenDyno): string {
  return `${heroku}:v${releaseVersion}`
}

/** The same for the same dyno of the same StreamApp, whoever looks. */
function uidOf(owner: string, dyno: string): string {
  const hash = createHash('sha256').update(`${owner}/${dyno}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

function wholeSeconds(time: string): string {
  return time.replace(/\.\d+/, '').replace('+00:00', 'Z')
}
