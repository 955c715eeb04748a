import { changeClasses, type Change, type TopicRole } from '../../controller/plan/change.ts'
import type { JsonObject } from '../../record/record.ts'
import { meta } from './shared-schemas.ts'

const kinds: Readonly<Record<Change['kind'], string>> = {
  'create-topic': 'a topic is made',
  'configure-topic': 'a topic gets another policy or retention',
  'create-group': 'the consumer group is made',
  'set-config-vars': 'config vars of the app are set or unset, all at once',
  scale: 'a process type gets another number or size of dynos',
  'delete-topic': 'a topic goes with its records',
  'delete-group': 'the consumer group goes with its offsets',
}
const roles: Readonly<Record<TopicRole, string>> = {
  user: 'of spec.topics',
  changelog: 'of a store',
  repartition: 'between sub-topologies',
}

const text = (description: string): JsonObject => ({ type: 'string', description })
const whole = (description: string): JsonObject => ({ type: 'integer', format: 'int64', description })
const orNull = (schema: JsonObject): JsonObject => ({ ...schema, nullable: true })
const listOf = (description: string, items: JsonObject): JsonObject => ({ type: 'array', description, items })
const oneOf = (words: Readonly<Record<string, string>>): JsonObject => ({
  type: 'string',
  description: Object.entries(words)
    .map(([word, meaning]) => `${word}: ${meaning}`)
    .join('; '),
  enum: Object.keys(words),
})

const state = (description: string): JsonObject => ({
  type: 'object',
  description,
  properties: {
    partitions: whole('Of a new topic.'),
    cleanupPolicy: text('Of a topic: delete, compact, or compact,delete; "other" before, where it is none of these.'),
    retentionMs: orNull(whole('Of a topic, in milliseconds; null: kept for ever.')),
    quantity: whole('Of a process type: how many dynos.'),
    size: text('Of a process type: which dynos.'),
  },
})

const change: JsonObject = {
  type: 'object',
  description: 'One step, in the order in which they are carried out. Names without the prefix of a basic plan.',
  required: ['kind', 'class'],
  properties: {
    kind: oneOf(kinds),
    class: { ...text('What it does to what runs, worst last.'), enum: changeClasses },
    name: text('Of the topic or the group.'),
    role: oneOf(roles),
    app: text('Heroku app.'),
    type: text('Process type.'),
    before: state('As it is.'),
    after: state('As it is to be.'),
    vars: listOf('Config vars; no value is a credential’s.', {
      type: 'object',
      description: 'One config var.',
      required: ['name', 'before', 'after'],
      properties: {
        name: text('Its name.'),
        before: orNull(text('Null: it is not set.')),
        after: orNull(text('Null: it is unset.')),
      },
    }),
  },
}

const told = (description: string): JsonObject => ({
  type: 'object',
  description,
  required: ['reason', 'message'],
  properties: { reason: text('One word.'), message: text('What is so, and what to do.') },
})

/** What `…/streamapps/NAME/plan` answers: `planJson` with its head. */
export function planSchema(kind: { readonly group: string; readonly version: string }): JsonObject {
  const { group, version } = kind
  return {
    type: 'object',
    description: 'What the controller would do next for a StreamApp.',
    required: ['apiVersion', 'kind', 'metadata', 'hash', 'changes', 'refusals', 'warnings'],
    properties: {
      apiVersion: text('Version of this format.'),
      kind: text('StreamAppPlan'),
      metadata: { allOf: [{ $ref: `#/components/schemas/${meta}.ObjectMeta` }] },
      hash: text('Names these changes; it confirms a loss of records.'),
      tasks: {
        type: 'object',
        description: 'Left out where there is nothing to plan with.',
        properties: {
          tasks: whole('Stream tasks.'),
          cap: whole('More dynos than this have nothing to do.'),
          usefulSizes: listOf('Numbers of dynos that share the tasks better than fewer do.', whole('One of them.')),
        },
      },
      changes: listOf('What would be done.', change),
      refusals: listOf('What stands in the way: while there is one, nothing is done.', told('One refusal.')),
      warnings: listOf('What is doubtful, or left alone on purpose.', told('One warning.')),
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: 'StreamAppPlan' }],
  }
}
