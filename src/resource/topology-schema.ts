import { Type } from 'typebox'
import { closed, count, duration, mostItems, oneOf, topicName } from './schema-words.ts'

const storeName = Type.String({
  description: 'Name of the state store, as describe() prints it.',
  minLength: 1,
  maxLength: 249,
})

const operators = Type.Array(
  closed(
    {
      name: topicName({ description: 'Name of the state store, and of the repartition topic if there is one.' }),
      changelog: Type.Optional(
        oneOf(['compact', 'compact,delete', 'delete', 'none'], {
          description:
            'Cleanup policy of the changelog topic: compact for a key-value store, compact,delete for a windowed one, delete for join windows; none where the store is not logged. Left out: no store.',
        }),
      ),
      retention: Type.Optional(
        duration({ description: 'Retention of a windowed store; the changelog keeps 24h more.' }),
      ),
      repartition: Type.Boolean({
        description: 'Records go through a topic <name>-repartition first.',
        default: false,
      }),
      partitions: Type.Optional(
        count({
          description: 'Partitions of the repartition topic. Left out: as many as the largest source.',
          minimum: 1,
        }),
      ),
      sources: Type.Array(
        topicName({ description: 'A topic, or the name of another operator whose output this one reads.' }),
        {
          description: 'What the operator reads.',
          minItems: 1,
          ...mostItems,
        },
      ),
    },
    { description: 'One stateful operator.' },
  ),
  { description: 'The topology by hand, for an app that cannot print it.', minItems: 1, ...mostItems },
)

const stores = Type.Array(
  closed(
    {
      name: storeName,
      windowed: Type.Optional(
        Type.Boolean({
          description: 'true: window or session store (changelog compact,delete); false: key-value store (compact).',
        }),
      ),
      retention: Type.Optional(
        duration({ description: 'Retention of the windowed store; its changelog keeps 24h more.', examples: ['25h'] }),
      ),
      duplicates: Type.Optional(
        Type.Boolean({
          description: 'true: keeps several values a key, like the windows of a stream-stream join (changelog delete).',
        }),
      ),
      logging: Type.Optional(Type.Boolean({ description: 'false: the store has no changelog topic.' })),
    },
    { description: 'One store.' },
  ),
  {
    description:
      'What describe() does not say of stores. A store whose changelog stays uncertain is shown, and not created until it is said here.',
    default: [],
    ...mostItems,
  },
)

const repartitions = Type.Array(
  closed(
    {
      name: topicName({ description: 'Name as describe() prints it: counts-repartition.' }),
      partitions: count({ description: 'What the app sets with withNumberOfPartitions().', minimum: 1 }),
    },
    { description: 'One repartition topic.' },
  ),
  { description: 'Repartition topics whose partition count the app sets itself.', default: [], ...mostItems },
)

const patterns = Type.Array(
  closed(
    {
      pattern: Type.String({ description: 'The pattern, as describe() prints it.', minLength: 1, maxLength: 1000 }),
      topics: Type.Array(topicName({ description: 'A topic that it matches.' }), {
        description: 'The topics it matches.',
        minItems: 1,
        ...mostItems,
      }),
    },
    { description: 'One pattern.' },
  ),
  { description: 'Which topics a pattern source reads.', default: [], ...mostItems },
)

export const topologySchema = closed(
  {
    describe: Type.Optional(
      Type.String({
        description: 'The text that Topology#describe() prints.',
        minLength: 1,
        maxLength: 500_000,
      }),
    ),
    describeFrom: Type.Optional(
      closed(
        {
          command: Type.String({
            description: 'Command that prints Topology#describe(), run in a one-off dyno of the deployed app.',
            examples: ['node topology.ts --describe'],
            minLength: 1,
            maxLength: 4096,
          }),
        },
        { description: 'Ask the deployed app for its topology (not built yet).' },
      ),
    ),
    operators: Type.Optional(operators),
    stores,
    repartitions,
    patterns,
  },
  {
    description:
      'The stream graph, said in exactly one way: describe, describeFrom or operators. From it follow internal topics and stream tasks.',
  },
)
