import { objectAt, type ApiObject } from '../api-object.ts'
import { age, ageColumn, countOf, nameColumn, textColumn } from './columns.ts'
import { coreSchemas } from './core-schemas.ts'
import { allVerbs, type Column, type ResourceKind } from './resource-kind.ts'

const core = {
  group: '',
  version: 'v1',
  categories: [],
  shortNames: [],
  isNamespaced: true,
  verbs: allVerbs,
  subresources: [],
  hasStatus: false,
  isCustom: false,
} as const

const named = (plural: string, kind: string): Pick<ResourceKind, 'plural' | 'singular' | 'kind'> => ({
  plural,
  singular: kind.toLowerCase(),
  kind,
})

export const namespaceKind: ResourceKind = {
  ...core,
  ...named('namespaces', 'Namespace'),
  shortNames: ['ns'],
  isNamespaced: false,
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  subresources: ['status'],
  hasStatus: true,
  schema: coreSchemas.namespace,
  columns: [
    nameColumn,
    textColumn('Status', 'Active, or Terminating.', (object) => textAt(objectAt(object, 'status'), 'phase')),
    ageColumn,
  ],
}

const secretKind: ResourceKind = {
  ...core,
  ...named('secrets', 'Secret'),
  schema: coreSchemas.secret,
  columns: [
    nameColumn,
    textColumn('Type', 'What it is for.', (object) => textAt(object, 'type')),
    textColumn('Data', 'How many values.', (object) => countOf(object, 'data')),
    ageColumn,
  ],
}

const configMapKind: ResourceKind = {
  ...core,
  ...named('configmaps', 'ConfigMap'),
  shortNames: ['cm'],
  schema: coreSchemas.configMap,
  columns: [
    nameColumn,
    textColumn('Data', 'How many values.', (object) => countOf(object, 'data', 'binaryData')),
    ageColumn,
  ],
}

const serviceAccountKind: ResourceKind = {
  ...core,
  ...named('serviceaccounts', 'ServiceAccount'),
  shortNames: ['sa'],
  subresources: ['token'],
  schema: coreSchemas.serviceAccount,
  columns: [
    nameColumn,
    textColumn(
      'Role',
      'What it may do in its namespace.',
      ({ metadata }) => metadata.annotations?.[roleAnnotation] ?? 'view',
    ),
    ageColumn,
  ],
}

/** On a ServiceAccount: what it may do in its namespace. Only an admin may write it. */
export const roleAnnotation = 'streams.weirkeeper.dev/role'

const leaseKind: ResourceKind = {
  ...core,
  ...named('leases', 'Lease'),
  group: 'coordination.k8s.io',
  schema: coreSchemas.lease,
  columns: [
    nameColumn,
    textColumn('Holder', 'Who leads.', (object) => textAt(objectAt(object, 'spec'), 'holderIdentity')),
    ageColumn,
  ],
}

/**
 * Heroku's router has no objects: there are never any. `kubectl cluster-info` asks for them before it says where the API
 * is.
 */
const serviceKind: ResourceKind = {
  ...core,
  ...named('services', 'Service'),
  shortNames: ['svc'],
  verbs: ['get', 'list', 'watch'],
  schema: coreSchemas.service,
  columns: [nameColumn, ageColumn],
}

const eventColumns = (about: string, message: string): readonly Column[] => [
  textColumn('Last Seen', 'How long ago.', lastSeen),
  textColumn('Type', 'Normal or Warning.', (object) => textAt(object, 'type')),
  textColumn('Reason', 'Why.', (object) => textAt(object, 'reason')),
  textColumn('Object', 'What it is about.', (object) => {
    const regarding = objectAt(object, about)
    return `${textAt(regarding, 'kind').toLowerCase()}/${textAt(regarding, 'name')}`
  }),
  textColumn('Message', 'What happened.', (object) => textAt(object, message).trim()),
]

function lastSeen(object: ApiObject, nowMs: number): string {
  const { lastTimestamp, deprecatedLastTimestamp, eventTime } = object
  const at = [lastTimestamp, deprecatedLastTimestamp, eventTime].find((time) => typeof time === 'string')
  return age(at ?? object.metadata.creationTimestamp, nowMs)
}

const eventKind: ResourceKind = {
  ...core,
  ...named('events', 'Event'),
  shortNames: ['ev'],
  schema: coreSchemas.event,
  columns: eventColumns('involvedObject', 'message'),
}

/** The same events in newer words, to be read. */
const eventsEventKind: ResourceKind = {
  ...eventKind,
  group: 'events.k8s.io',
  verbs: ['get', 'list', 'watch'],
  schema: coreSchemas.eventsEvent,
  columns: eventColumns('regarding', 'note'),
}

const definitionKind: ResourceKind = {
  ...core,
  ...named('customresourcedefinitions', 'CustomResourceDefinition'),
  group: 'apiextensions.k8s.io',
  shortNames: ['crd', 'crds'],
  isNamespaced: false,
  verbs: ['get', 'list', 'watch'],
  schema: coreSchemas.customResourceDefinition,
  columns: [nameColumn, textColumn('Created At', 'Since when.', ({ metadata }) => metadata.creationTimestamp ?? '')],
}

export const coreKinds: readonly ResourceKind[] = [
  namespaceKind,
  secretKind,
  configMapKind,
  serviceAccountKind,
  serviceKind,
  eventKind,
  eventsEventKind,
  leaseKind,
  definitionKind,
]

function textAt(object: ReturnType<typeof objectAt>, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}
