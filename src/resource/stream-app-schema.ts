import { Type } from 'typebox'
import { headOf, metadataOf } from './head-schema.ts'
import { closed, count, duration, mostItems, oneOf, topicName } from './schema-words.ts'
import { topologySchema } from './topology-schema.ts'

const process = closed(
  {
    type: Type.String({
      description:
        'Process type of the Procfile that runs the stream app. When it changes, the control plane stops the dynos of the earlier one.',
      pattern: '^[A-Za-z0-9_-]{1,63}$',
      format: 'process-type',
      default: 'worker',
      'x-change': 'restart',
    }),
    size: Type.Optional(
      Type.String({
        description: 'Dyno size. Left out: not managed, whatever the app has stays.',
        examples: ['standard-1x', 'standard-2x', 'performance-m'],
        pattern: '^[A-Za-z0-9-]+$',
        format: 'dyno-size',
        'x-change': 'restart',
      }),
    ),
  },
  { description: 'The dynos that do the work.', default: {} },
)

const kafka = closed(
  {
    addon: Type.String({
      description: 'Kafka add-on of the app: the name of the attachment (KAFKA) or of the add-on.',
      pattern: '^[A-Za-z0-9_-]+$',
      minLength: 1,
      format: 'addon-name',
      default: 'KAFKA',
      'x-change': 'cannot',
    }),
    plan: Type.Optional(
      Type.String({
        description:
          'Plan of the add-on. Only `weir validate` uses it, to check limits offline; `weir plan` reads the limits from the cluster.',
        examples: ['basic-0', 'standard-1'],
        pattern: '^((private-|shield-|private-shield-)?(standard|extended)|basic)-[012]$',
        format: 'kafka-plan',
        'x-change': 'nothing',
      }),
    ),
  },
  { description: 'Where the topics are.', default: {} },
)

const topics = Type.Array(
  closed(
    {
      name: topicName({ description: 'Without prefix.', 'x-change': 'cannot' }),
      partitions: Type.Optional(
        count({
          description:
            'Number of partitions. Heroku cannot change it once the topic exists. Left out: not managed, and the topic is expected to exist.',
          minimum: 1,
          'x-change': 'cannot',
        }),
      ),
      retention: Type.Optional(
        duration({
          description: 'How long records are kept: 24h, 7d, or milliseconds. Left out: not managed.',
          examples: ['24h'],
          'x-change': 'nothing',
        }),
      ),
      cleanupPolicy: Type.Optional(
        oneOf(['delete', 'compact', 'compact,delete'], {
          description: 'delete drops records by age, compact keeps the newest of each key. Left out: not managed.',
          'x-change': 'nothing',
        }),
      ),
    },
    { description: 'One topic.' },
  ),
  {
    description:
      'Topics of yours to keep as written here: sources and sinks of the topology. Internal topics are worked out and do not belong here.',
    default: [],
    ...mostItems,
  },
)

const streams = closed(
  {
    threads: count({
      description: 'Stream threads a dyno (num.stream.threads).',
      minimum: 1,
      maximum: 256,
      default: 1,
      'x-change': 'restart',
    }),
    standbyReplicas: count({
      description:
        'Copies of each state store kept warm on other dynos (num.standby.replicas). Needs one dyno more than copies.',
      minimum: 0,
      maximum: 16,
      default: 0,
      'x-change': 'restart',
    }),
    processingGuarantee: oneOf(['at_least_once', 'exactly_once_v2'], {
      description: 'processing.guarantee of Kafka Streams.',
      default: 'at_least_once',
      'x-change': 'restart',
    }),
    config: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      description:
        'Any other setting of Kafka Streams, under its own name; commit.interval.ms reaches the worker as STREAMS_COMMIT_INTERVAL_MS.',
      examples: [{ 'commit.interval.ms': 1000 }],
      default: {},
      'x-change': 'restart',
    }),
  },
  { description: 'Settings of Kafka Streams; they reach the worker as config vars STREAMS_<CONFIG>.', default: {} },
)

const scaling = closed(
  {
    policy: oneOf(['tasks', 'lag', 'fixed'], {
      description:
        'tasks: as many dynos as there is work for, up to max. fixed: min dynos, always. lag: between min and max by how far behind the group is (not built yet).',
      default: 'tasks',
      'x-change': 'scale',
    }),
    min: count({ description: 'Fewest dynos.', minimum: 0, maximum: 1000, default: 1, 'x-change': 'scale' }),
    max: Type.Optional(
      count({
        description: 'Most dynos. Left out: as many as there are stream tasks for.',
        minimum: 1,
        maximum: 1000,
        'x-change': 'scale',
      }),
    ),
    step: Type.Optional(
      count({
        description:
          'Most dynos that the control plane adds or takes away at a time, a minute between two steps. Left out: all at once.',
        minimum: 1,
        maximum: 1000,
        'x-change': 'nothing',
      }),
    ),
  },
  { description: 'How many dynos.', default: {} },
)

const kept = (description: string, fallback: 'Orphan' | 'Delete') =>
  oneOf(['Orphan', 'Delete'], { description, default: fallback, 'x-change': 'nothing' })

const deletionPolicy = closed(
  {
    topics: kept('Topics of spec.topics. Delete asks for a confirmation each time: the records are gone.', 'Orphan'),
    internalTopics: kept('Changelog and repartition topics.', 'Delete'),
    consumerGroup: kept('The consumer group and its offsets.', 'Delete'),
    formation: oneOf(['ScaleToZero', 'Orphan'], {
      description: 'The dynos: stopped, or left running.',
      default: 'ScaleToZero',
      'x-change': 'nothing',
    }),
    configVars: oneOf(['Unset', 'Orphan'], {
      description: 'Config vars that this StreamApp set.',
      default: 'Unset',
      'x-change': 'nothing',
    }),
  },
  { description: 'What `weir delete` does with each kind of thing. Orphan leaves it as it is.', default: {} },
)

const spec = closed(
  {
    app: Type.String({
      description: 'Heroku app that runs the workers.',
      pattern: '^[a-z][a-z0-9-]{1,28}[a-z0-9]$',
      format: 'heroku-app',
      'x-change': 'cannot',
    }),
    process,
    kafka,
    applicationName: Type.Optional(
      topicName({
        description:
          'application.id without prefix: names the consumer group and begins every internal topic. Left out: metadata.name.',
        'x-change': 'cannot',
      }),
    ),
    topology: topologySchema,
    topics,
    streams,
    scaling,
    deletionPolicy,
    drift: oneOf(['Heal', 'Warn'], {
      description: 'What to do when somebody else changes what this StreamApp made: set it right, or only say so.',
      default: 'Heal',
      'x-change': 'nothing',
    }),
    suspend: Type.Boolean({
      description: 'true: leave everything as it is until this is false again.',
      default: false,
      'x-change': 'nothing',
    }),
  },
  { description: 'What you want to be so.' },
)

/** The one source: types, validation, defaults, `weir explain` and the reference page all come from here. */
export const streamAppSchema = closed(
  {
    ...headOf('StreamApp'),
    metadata: metadataOf('StreamApp'),
    spec,
    status: Type.Optional(
      Type.Unknown({ description: 'What was found; written by Weirkeeper, ignored when you write it.' }),
    ),
  },
  {
    description:
      'A stream app on Heroku: its topics, consumer group, settings and dynos. A field that is left out and has no default is not managed.',
  },
)
