import type { JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt, type ApiObject } from '../api-object.ts'
import { age, ageColumn, nameColumn, textColumn, wide } from './columns.ts'
import { shown } from './conditions.ts'
import type { ResourceKind } from './resource-kind.ts'
import { podSchema } from './pod-schema.ts'

/** Dynos, so that `kubectl get pods` and `kubectl logs` show workers. Heroku keeps them: they are looked at, never written. */
export const podKind: ResourceKind = {
  group: '',
  version: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  shortNames: ['po'],
  categories: ['all'],
  isNamespaced: true,
  verbs: ['get', 'list', 'watch'],
  subresources: ['log'],
  hasStatus: true,
  isCustom: false,
  schema: podSchema,
  columns: [
    nameColumn,
    textColumn('Ready', 'Containers that are up.', (pod) => `${containerOf(pod)['ready'] === true ? 1 : 0}/1`),
    textColumn('Status', 'What the dyno does.', statusOf),
    textColumn('Restarts', 'How often it was seen to begin anew.', restartsOf),
    ageColumn,
    wide(textColumn('App', 'Heroku app that it belongs to.', (pod) => shown(objectAt(pod, 'spec')['nodeName']))),
    wide(textColumn('Image', 'The release that it runs.', (pod) => shown(containerOf(pod)['image']))),
    wide(textColumn('Size', 'Its size.', ({ metadata }) => metadata.annotations?.[sizeAnnotation] ?? '-')),
  ],
}

export const sizeAnnotation = 'streams.weirkeeper.dev/dyno-size'

/** A dyno is a pod of one container. */
export function containerOf(pod: ApiObject): JsonObject {
  const { containerStatuses } = objectAt(pod, 'status')
  const first: unknown = Array.isArray(containerStatuses) ? containerStatuses[0] : undefined
  return isJsonObject(first) ? first : {}
}

function statusOf(pod: ApiObject): string {
  const { waiting, terminated } = objectAt(containerOf(pod), 'state')
  const { reason } = objectAt({ why: waiting ?? terminated ?? {} }, 'why')
  return shown(reason ?? objectAt(pod, 'status')['phase'])
}

/** `2 (5m ago)`, as kubectl writes it. */
function restartsOf(pod: ApiObject, nowMs: number): string {
  const { restartCount, state } = containerOf(pod)
  const { startedAt } = objectAt(objectAt({ state: state ?? {} }, 'state'), 'running')
  if (restartCount === 0 || typeof startedAt !== 'string') return shown(restartCount)
  return `${shown(restartCount)} (${age(startedAt, nowMs)} ago)`
}
