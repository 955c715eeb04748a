import type { JsonObject } from '../record.ts'

const text = (description: string): JsonObject => ({ type: 'string', description })
const whole = (description: string): JsonObject => ({ type: 'integer', format: 'int64', description })

const common: JsonObject = {
  observedGeneration: whole('The generation that this status speaks of.'),
  conditions: {
    type: 'array',
    description: 'Ready says whether all is as asked and seen; Reconciling and Stalled are listed while true.',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    items: {
      type: 'object',
      description: 'One condition.',
      required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
      properties: {
        type: text('Ready, Reconciling, Stalled, or one of the kind.'),
        status: text('True, False or Unknown.'),
        reason: text('One word, the same as in the log.'),
        message: text('What is to be known, or done.'),
        lastTransitionTime: { ...text('Since when it has this status.'), format: 'date-time' },
        observedGeneration: whole('The generation that this condition speaks of.'),
      },
    },
  },
}

const anything = (description: string): JsonObject => ({
  type: 'object',
  description,
  'x-kubernetes-preserve-unknown-fields': true,
})

const listOf = (description: string, item: string): JsonObject => ({
  type: 'array',
  description,
  'x-kubernetes-list-type': 'atomic',
  items: anything(item),
})

const statusOf = (properties: JsonObject): JsonObject => ({
  type: 'object',
  description: 'What was found; written by Weirkeeper, ignored when you write it.',
  properties: { ...common, ...properties },
})

/** What the controller writes: `StreamAppStatus`, stamped. */
export const streamAppStatus = statusOf({
  applicationId: { ...text('application.id with prefix; null where the cluster could not be seen.'), nullable: true },
  tasks: { ...whole('Stream tasks; null while the partitions of a source are unknown.'), nullable: true },
  dynos: {
    type: 'object',
    description: 'How many dynos.',
    properties: {
      desired: whole('Asked for.'),
      cap: whole('More than this would have nothing to do.'),
      running: { description: 'Up, or "unknown" where nobody could look.', 'x-kubernetes-int-or-string': true },
    },
  },
  inventory: listOf('Everything that this object has made or keeps.', 'One thing.'),
  ran: listOf('The process types that it gave dynos, and that may have some yet.', 'A process type.'),
  hears: text('Where Heroku tells of changes of the app.'),
  levelGeneration: whole('The last generation that was seen to be carried out.'),
  cluster: anything(
    'The Kafka add-on that was found behind spec.kafka.addon: this StreamApp has its application id there.',
  ),
  seen: anything('What a later look can go by at a glance: the release and the attachment that all was seen with.'),
  writing: anything('The term of a controller that is writing, and since when.'),
  agreed: text('What the app’s name in the annotation `confirm` was taken for: it agrees to nothing else.'),
  deeds: listOf('What was written within the last hour, by which fights and restarts are limited.', 'One write.'),
  history: listOf('What became of the last five generations, newest first.', 'One generation.'),
})

/** What the controller writes: `SourceStatus`, stamped. */
export const gitSourceStatus = statusOf({
  lastCommit: text('The newest commit that was seen.'),
  appliedCommit: text('The commit that is declared.'),
  inventory: listOf('What it has declared.', 'One StreamApp.'),
  mistakes: listOf('What is wrong with the newest commit, the first of it.', 'One mistake and its place.'),
  pendingPrune: anything("A removal that waits for somebody's consent."),
})
