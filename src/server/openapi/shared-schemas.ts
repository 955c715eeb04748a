import type { JsonObject } from '../../record/record.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'

/** `dev.weirkeeper.streams.v1alpha1.StreamApp`, `io.k8s.api.core.v1.Secret`: groups read from the right, as Kubernetes names them. */
export function schemaName({ group, version, kind }: Pick<ResourceKind, 'group' | 'version' | 'kind'>): string {
  if (group === '') return `io.k8s.api.core.${version}.${kind}`
  if (!group.endsWith('.k8s.io')) return [...group.split('.').toReversed(), version, kind].join('.')
  return `io.k8s.api.${group.split('.')[0]}.${version}.${kind}`
}

const text = (description: string): JsonObject => ({ type: 'string', description })
const textMap = (description: string): JsonObject => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
})

/** Where the schemata of what all kinds have stand. */
export const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** What every kind's schema refers to. Kubernetes' names, the parts that we keep. */
export const sharedSchemas: JsonObject = {
  [`${meta}.ObjectMeta`]: {
    type: 'object',
    description: 'What an object is called, and what is known of it.',
    properties: {
      name: text('Its name, unique within the namespace and kind.'),
      generateName: text('Left out name: the beginning of one that is made up.'),
      namespace: text('Its namespace.'),
      labels: textMap('Your own marks, to select by.'),
      annotations: textMap('Your own notes.'),
      uid: text('Names this object for ever; one made anew under the same name has another.'),
      resourceVersion: text('Its version; opaque.'),
      generation: { type: 'integer', format: 'int64', description: 'Grows with each change of spec.' },
      creationTimestamp: { type: 'string', format: 'date-time', description: 'When it was declared.' },
      deletionTimestamp: { type: 'string', format: 'date-time', description: 'When it was told to go.' },
      deletionGracePeriodSeconds: { type: 'integer', format: 'int64', description: 'Always 0 here.' },
      finalizers: {
        type: 'array',
        description: 'Who must tidy up before it may go.',
        items: { type: 'string' },
        'x-kubernetes-list-type': 'set',
        'x-kubernetes-patch-strategy': 'merge',
      },
      ownerReferences: {
        type: 'array',
        description: 'Objects that this one goes with.',
        items: { allOf: [{ $ref: `#/components/schemas/${meta}.OwnerReference` }] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['uid'],
        'x-kubernetes-patch-merge-key': 'uid',
        'x-kubernetes-patch-strategy': 'merge',
      },
      managedFields: {
        type: 'array',
        description: 'Who owns which fields.',
        items: { type: 'object' },
        'x-kubernetes-list-type': 'atomic',
      },
    },
  },
  [`${meta}.OwnerReference`]: {
    type: 'object',
    description: 'An object that another one goes with.',
    required: ['apiVersion', 'kind', 'name', 'uid'],
    properties: {
      apiVersion: text('Version of its kind.'),
      kind: text('Its kind.'),
      name: text('Its name.'),
      uid: text('Its uid.'),
      controller: { type: 'boolean', description: 'It is the one that looks after this object.' },
      blockOwnerDeletion: { type: 'boolean', description: 'It waits for this object to go first.' },
    },
  },
  [`${meta}.ListMeta`]: {
    type: 'object',
    description: 'What is known of a list.',
    properties: {
      resourceVersion: text('The version of the list.'),
      continue: text('Where the next page begins; empty on the last.'),
      remainingItemCount: { type: 'integer', format: 'int64', description: 'How many are left.' },
    },
  },
  [`${meta}.Status`]: {
    type: 'object',
    description: 'What went wrong, or that nothing did.',
    properties: {
      apiVersion: text('v1'),
      kind: text('Status'),
      metadata: { type: 'object' },
      status: text('Success or Failure.'),
      message: text('For people.'),
      reason: text('For programs.'),
      details: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      code: { type: 'integer', format: 'int32', description: 'The HTTP status.' },
    },
    'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Status' }],
  },
  'io.k8s.api.autoscaling.v1.Scale': {
    type: 'object',
    description: 'How many dynos.',
    properties: {
      apiVersion: text('autoscaling/v1'),
      kind: text('Scale'),
      metadata: { allOf: [{ $ref: `#/components/schemas/${meta}.ObjectMeta` }] },
      spec: {
        type: 'object',
        properties: { replicas: { type: 'integer', format: 'int32', description: 'Asked for.' } },
      },
      status: {
        type: 'object',
        properties: { replicas: { type: 'integer', format: 'int32', description: 'Running.' } },
      },
    },
    'x-kubernetes-group-version-kind': [{ group: 'autoscaling', version: 'v1', kind: 'Scale' }],
  },
}
