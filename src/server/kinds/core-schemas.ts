import type { JsonObject } from '../../record/record.ts'
import { object, text, time, timeOrNull, whole } from './schema-words.ts'

const textMap = (description: string): JsonObject => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
})
const bytesMap = (description: string): JsonObject => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string', format: 'byte' },
})

const reference = (description: string): JsonObject =>
  object(description, {
    apiVersion: text('Version of its kind.'),
    kind: text('Its kind.'),
    namespace: text('Its namespace.'),
    name: text('Its name.'),
    uid: text('Its uid.'),
    resourceVersion: text('The version of it that this is about.'),
    fieldPath: text('The part of it that this is about.'),
  })

const eventFields: JsonObject = {
  reason: text('One word: why.'),
  type: text('Normal or Warning.'),
  action: text('What was done.'),
  eventTime: timeOrNull('When it was first seen.'),
  series: object('How often it was seen.', { count: whole('How often.'), lastObservedTime: time('When last.') }),
}

/** The shapes of the kinds that are Kubernetes' own, the parts that clients of ours use. */
export const coreSchemas = {
  namespace: object('Groups objects; a name is unique within it.', {
    spec: object('Who must tidy up before it may go.', {
      finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    }),
    status: object('Whether it is there or on its way out.', { phase: text('Active or Terminating.') }),
  }),
  secret: object('Texts that are not shown to everybody.', {
    type: text('What it is for.'),
    data: bytesMap('Values, in base64.'),
    stringData: textMap('Values as texts; they are kept in data.'),
    immutable: { type: 'boolean', description: 'true: data cannot change.' },
  }),
  configMap: object('Texts for programs to read.', {
    data: textMap('Values.'),
    binaryData: bytesMap('Values that are not text, in base64.'),
    immutable: { type: 'boolean', description: 'true: data cannot change.' },
  }),
  service: object('Something with an address. There are none here: each app has its own.', {
    spec: object('Its address.', { type: text('How it is reached.') }),
  }),
  serviceAccount: object(
    'A program that uses this API. The annotation streams.weirkeeper.dev/role says what it may do: view, edit or admin.',
    {
      automountServiceAccountToken: { type: 'boolean', description: 'Kept, and not used here.' },
      secrets: { type: 'array', items: reference('A secret.') },
      imagePullSecrets: { type: 'array', items: object('A secret.', { name: text('Its name.') }) },
    },
  ),
  lease: object('Who leads.', {
    spec: object('Who leads, and until when.', {
      holderIdentity: text('Who holds it.'),
      leaseDurationSeconds: whole('For how long, from the last renewal.'),
      acquireTime: time('Since when.'),
      renewTime: time('When it was renewed last.'),
      leaseTransitions: whole('How often the holder changed.'),
      strategy: text('Kept, and not used here.'),
      preferredHolder: text('Kept, and not used here.'),
    }),
  }),
  event: object('Something worth telling about an object.', {
    ...eventFields,
    involvedObject: reference('What it is about.'),
    message: text('What happened.'),
    source: object('Who tells.', { component: text('Program.'), host: text('Machine.') }),
    firstTimestamp: timeOrNull('When first.'),
    lastTimestamp: timeOrNull('When last.'),
    count: whole('How often.'),
    related: reference('Another object that it is about.'),
    reportingComponent: text('Program.'),
    reportingInstance: text('Which of its processes.'),
  }),
  eventsEvent: object('Something worth telling about an object.', {
    ...eventFields,
    regarding: reference('What it is about.'),
    note: text('What happened.'),
    deprecatedSource: object('Who tells.', { component: text('Program.'), host: text('Machine.') }),
    deprecatedFirstTimestamp: timeOrNull('When first.'),
    deprecatedLastTimestamp: timeOrNull('When last.'),
    deprecatedCount: whole('How often.'),
    related: reference('Another object that it is about.'),
    reportingController: text('Program.'),
    reportingInstance: text('Which of its processes.'),
  }),
  customResourceDefinition: object('How a kind is defined.', {
    spec: { type: 'object', description: 'Names, versions and schema.', 'x-kubernetes-preserve-unknown-fields': true },
    status: { type: 'object', description: 'Whether it is served.', 'x-kubernetes-preserve-unknown-fields': true },
  }),
} as const satisfies Readonly<Record<string, JsonObject>>
