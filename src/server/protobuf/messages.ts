/**
 * The messages of Kubernetes that clients send us as protobuf, as data: field
 * number to name and type. Source: the `generated.proto` files of k8s.io/api
 * and k8s.io/apimachinery; numbers that we do not list are passed over.
 */
export type FieldType =
  | { readonly kind: 'text' | 'whole' | 'flag' | 'bytes' | 'time' | 'microTime' }
  | { readonly kind: 'message'; readonly of: () => Message }
  | { readonly kind: 'map'; readonly values: 'text' | 'bytes' }

export interface MessageField {
  readonly name: string
  readonly type: FieldType
  readonly isList?: boolean
  /** Go writes the zero of a field that is no pointer, and means that it was left out. */
  readonly isPointer?: boolean
}

export type Message = Readonly<Record<number, MessageField>>

const field = (name: string, kind: 'text' | 'whole' | 'flag' | 'bytes' | 'time' | 'microTime'): MessageField => ({
  name,
  type: { kind },
})
const text = (name: string): MessageField => field(name, 'text')
const whole = (name: string): MessageField => field(name, 'whole')
const pointer = (of: MessageField): MessageField => ({ ...of, isPointer: true })
const list = (of: MessageField): MessageField => ({ ...of, isList: true })
const map = (name: string, values: 'text' | 'bytes' = 'text'): MessageField => ({ name, type: { kind: 'map', values } })
const message = (name: string, of: () => Message): MessageField => ({ name, type: { kind: 'message', of } })

const ownerReference: Message = {
  1: text('kind'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: pointer(field('controller', 'flag')),
  7: pointer(field('blockOwnerDeletion', 'flag')),
}

const objectMeta: Message = {
  1: text('name'),
  2: text('generateName'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  7: whole('generation'),
  8: field('creationTimestamp', 'time'),
  9: field('deletionTimestamp', 'time'),
  10: pointer(whole('deletionGracePeriodSeconds')),
  11: map('labels'),
  12: map('annotations'),
  13: list(message('ownerReferences', () => ownerReference)),
  14: list(text('finalizers')),
}

const metadata = message('metadata', () => objectMeta)

const objectReference: Message = {
  1: text('kind'),
  2: text('namespace'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: text('resourceVersion'),
  7: text('fieldPath'),
}

const eventSource: Message = { 1: text('component'), 2: text('host') }
const eventSeries: Message = { 1: whole('count'), 2: field('lastObservedTime', 'microTime') }
const localReference: Message = { 1: text('name') }

const event: Message = {
  1: metadata,
  2: message('involvedObject', () => objectReference),
  3: text('reason'),
  4: text('message'),
  5: message('source', () => eventSource),
  6: field('firstTimestamp', 'time'),
  7: field('lastTimestamp', 'time'),
  8: whole('count'),
  9: text('type'),
  10: field('eventTime', 'microTime'),
  11: message('series', () => eventSeries),
  12: text('action'),
  13: message('related', () => objectReference),
  14: text('reportingComponent'),
  15: text('reportingInstance'),
}

const eventsEvent: Message = {
  1: metadata,
  2: field('eventTime', 'microTime'),
  3: message('series', () => eventSeries),
  4: text('reportingController'),
  5: text('reportingInstance'),
  6: text('action'),
  7: text('reason'),
  8: message('regarding', () => objectReference),
  9: message('related', () => objectReference),
  10: text('note'),
  11: text('type'),
  12: message('deprecatedSource', () => eventSource),
  13: field('deprecatedFirstTimestamp', 'time'),
  14: field('deprecatedLastTimestamp', 'time'),
  15: whole('deprecatedCount'),
}

const leaseSpec: Message = {
  1: pointer(text('holderIdentity')),
  2: pointer(whole('leaseDurationSeconds')),
  3: field('acquireTime', 'microTime'),
  4: field('renewTime', 'microTime'),
  5: pointer(whole('leaseTransitions')),
  6: pointer(text('strategy')),
  7: pointer(text('preferredHolder')),
}

const resourceAttributes: Message = {
  1: text('namespace'),
  2: text('verb'),
  3: text('group'),
  4: text('version'),
  5: text('resource'),
  6: text('subresource'),
  7: text('name'),
}

const accessSpec: Message = {
  1: message('resourceAttributes', () => resourceAttributes),
  2: message('nonResourceAttributes', () => ({ 1: text('path'), 2: text('verb') })),
}

/** By the kind that the envelope names, with its API group. */
export const messages: Readonly<Record<string, Message>> = {
  'v1 Namespace': {
    1: metadata,
    2: message('spec', () => ({ 1: list(text('finalizers')) })),
  },
  'v1 Secret': {
    1: metadata,
    2: map('data', 'bytes'),
    3: text('type'),
    4: map('stringData'),
    5: pointer(field('immutable', 'flag')),
  },
  'v1 ConfigMap': {
    1: metadata,
    2: map('data'),
    3: map('binaryData', 'bytes'),
    4: pointer(field('immutable', 'flag')),
  },
  'v1 ServiceAccount': {
    1: metadata,
    2: list(message('secrets', () => objectReference)),
    3: list(message('imagePullSecrets', () => localReference)),
    4: pointer(field('automountServiceAccountToken', 'flag')),
  },
  'v1 Event': event,
  'events.k8s.io/v1 Event': eventsEvent,
  'coordination.k8s.io/v1 Lease': { 1: metadata, 2: message('spec', () => leaseSpec) },
  'authentication.k8s.io/v1 TokenRequest': {
    1: metadata,
    2: message('spec', () => ({ 1: list(text('audiences')), 4: pointer(whole('expirationSeconds')) })),
  },
  'authentication.k8s.io/v1 SelfSubjectReview': { 1: metadata },
  'authorization.k8s.io/v1 SelfSubjectAccessReview': { 1: metadata, 2: message('spec', () => accessSpec) },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': {
    1: metadata,
    2: message('spec', () => ({ 1: text('namespace') })),
  },
}

/** Sent with a DELETE, under the API version of what is deleted or of `meta`. */
export const deleteOptions: Message = {
  1: pointer(whole('gracePeriodSeconds')),
  2: message('preconditions', () => ({ 1: pointer(text('uid')), 2: pointer(text('resourceVersion')) })),
  3: pointer(field('orphanDependents', 'flag')),
  4: pointer(text('propagationPolicy')),
  5: list(text('dryRun')),
}
