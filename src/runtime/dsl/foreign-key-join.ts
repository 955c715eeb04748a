import { GraphNode, isVersioned } from '../graph/graph-node.ts'
import type { StreamPartitioner } from '../graph/node-factory.ts'
import { ForeignChangeNode } from '../node/foreign-key/foreign-change-node.ts'
import { ResponseJoinNode } from '../node/foreign-key/response-join-node.ts'
import { SubscriptionJoinNode } from '../node/foreign-key/subscription-join-node.ts'
import { SubscriptionReceiveNode } from '../node/foreign-key/subscription-receive-node.ts'
import { SubscriptionSendNode } from '../node/foreign-key/subscription-send-node.ts'
import { CombinedKeys } from '../serde/combined-key.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import { subscriptionResponseSerde, subscriptionSerde } from '../serde/subscription-serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { needSerde } from './internals.ts'
import { type ForeignKeyNames, nameForeignKeyJoin } from './foreign-key-names.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { Materialized, TableJoined } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { sourcedTable } from './sourced-table.ts'
import type { TableInternals } from './table-internals.ts'

export interface ForeignKeyJoin<K, V, KForeign, VForeign, VOut> {
  readonly left: TableInternals<K, V>
  readonly foreign: TableInternals<KForeign, VForeign>
  readonly foreignKey: (value: V, key: K) => KForeign | null
  readonly join: (value: V, foreign: VForeign | null) => VOut | null
  readonly isLeft: boolean
  readonly joined: TableJoined<K, V, KForeign, VForeign>
  readonly materialized: Materialized<K, VOut>
}

/**
 * Two tables by a key that the left one's values hold: Kafka's `KTableImpl.doJoinOnForeignKey`
 * (KIP-213, KIP-1104). Rows of the left table subscribe, through one topic, where the right
 * table's key lies; answers come back through another.
 */
export function foreignKeyJoin<K, V, KForeign, VForeign, VOut>(
  how: ForeignKeyJoin<K, V, KForeign, VForeign, VOut>,
): TableInternals<K, VOut> {
  const { left, foreign, joined, materialized } = how
  const { graph } = left
  foreign.source.sendOldValues(true)
  left.source.sendOldValues(true)
  const names = nameForeignKeyJoin(graph, joined)
  const storeName = nameStore(graph, 'KTABLE-FK-JOIN-OUTPUT-', materialized)
  const given = serdesOf(how, names)
  const registered = registerRows(how, names, given)
  const answering = answerRows(how, registered, { names, given })
  const response = { topic: names.responseTopic, keySerde: given.key, valueSerde: given.response }
  const responded = internalTopic({
    ...response,
    sink: names.responseSink,
    source: names.responseSource,
    partitioner: byKey(joined.partitioner) ?? ((_topic, _key, { primaryPartition }) => primaryPartition),
  })
  graph.add(answering, responded.sink)
  graph.add(responded.sink, responded.source)
  const sourceNodes = new Set([...left.sourceNodes, responded.source.name])
  graph.copartitions.push(sourceNodes)
  const resolve = resolveNode(how, names, given)
  graph.add(responded.source, resolve)
  const inherited = { graph, name: names.result, sourceNodes, keySerde: left.keySerde, valueSerde: undefined }
  return sourcedTable(resolve, inherited, { storeName, materialized })
}

type Serdes<K, V, KForeign, VForeign> = ReturnType<typeof serdesOf<K, V, KForeign, VForeign, unknown>>

/** From the left table to the source of its subscriptions, which lies where the right table's key does. */
function registerRows<K, V, KForeign, VForeign, VOut>(
  { left, foreign, foreignKey, isLeft, joined }: ForeignKeyJoin<K, V, KForeign, VForeign, VOut>,
  names: ForeignKeyNames,
  given: Serdes<K, V, KForeign, VForeign>,
): GraphNode {
  const { graph } = left
  const send = processorNode(
    names.send,
    () =>
      new SubscriptionSendNode({
        isLeft,
        isVersioned: isVersioned(left.node),
        foreignKey,
        foreignKeySerde: given.foreignKey,
        valueSerde: given.value,
      }),
  )
  graph.add(left.node, send)
  const registration = { topic: names.registrationTopic, keySerde: given.foreignKey, valueSerde: given.subscription }
  const { sink, source } = internalTopic({
    ...registration,
    sink: names.registrationSink,
    source: names.registrationSource,
    partitioner: byKey(joined.otherPartitioner),
  })
  graph.add(send, sink)
  graph.add(sink, source)
  graph.copartitions.push(new Set([...foreign.sourceNodes, source.name]))
  return source
}

/** The two nodes that answer: one a new subscription, one a change of the right table. */
function answerRows<K, V, KForeign, VForeign, VOut>(
  { left: { graph }, foreign }: ForeignKeyJoin<K, V, KForeign, VForeign, VOut>,
  registered: GraphNode,
  { names, given }: { readonly names: ForeignKeyNames; readonly given: Serdes<K, V, KForeign, VForeign> },
): readonly GraphNode[] {
  const keys = new CombinedKeys(given.foreignKey, given.key)
  const store = subscriptionStore(names.store, given.subscription)
  const receive = processorNode(names.receive, () => new SubscriptionReceiveNode(names.store, keys), {
    stores: () => [store],
  })
  graph.add(registered, receive)
  const view = foreign.source.view()
  const join = processorNode(names.join, () => new SubscriptionJoinNode(view.open), {
    connects: () => view.storeNames,
  })
  graph.add(receive, join)
  const change = processorNode(
    names.foreignChange,
    () => new ForeignChangeNode(names.store, keys, isVersioned(foreign.node)),
    { stores: () => [store] },
  )
  graph.add(foreign.node, change)
  return [join, change]
}

function resolveNode<K, V, KForeign, VForeign, VOut>(
  { left, join, isLeft }: ForeignKeyJoin<K, V, KForeign, VForeign, VOut>,
  names: ForeignKeyNames,
  given: Serdes<K, V, KForeign, VForeign>,
): GraphNode {
  const view = left.source.view()
  return processorNode(
    names.resolve,
    () => new ResponseJoinNode({ isLeft, openTable: view.open, valueSerde: given.value, join }),
    { connects: () => view.storeNames },
  )
}

function serdesOf<K, V, KForeign, VForeign, VOut>(
  { left, foreign, joined }: ForeignKeyJoin<K, V, KForeign, VForeign, VOut>,
  { send }: ForeignKeyNames,
) {
  const where = `the foreign-key join (${send})`
  const key = needSerde(joined.keySerde ?? left.keySerde, 'keySerde', where)
  const value = needSerde(joined.valueSerde ?? left.valueSerde, 'valueSerde', where)
  const foreignKey = needSerde(joined.otherKeySerde ?? foreign.keySerde, 'otherKeySerde', where)
  const foreignValue = needSerde(joined.otherValueSerde ?? foreign.valueSerde, 'otherValueSerde', where)
  const subscription = subscriptionSerde(key)
  return { key, value, foreignKey, subscription, response: subscriptionResponseSerde(foreignValue) }
}

/** A sink and the source behind it; no filter stands before, since a row without a foreign key has its record, too. */
function internalTopic<K, V>(between: {
  readonly topic: string
  readonly sink: string
  readonly source: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  readonly partitioner: StreamPartitioner<K, V> | undefined
}): { readonly sink: GraphNode; readonly source: GraphNode } {
  const { topic, keySerde, valueSerde, partitioner } = between
  const sink = new GraphNode(between.sink, (parts, predecessors) => {
    parts.repartitionTopics.set(topic, { name: topic, partitions: undefined })
    const way = { topic, keySerde, valueSerde, partitioner }
    parts.addSink({ kind: 'sink', name: between.sink, predecessors, ...way })
  })
  const source = new GraphNode(between.source, (parts) => {
    const read = { topics: [topic], keySerde, valueSerde, timestampExtractor: undefined, offsetReset: undefined }
    parts.addSource({ kind: 'source', name: between.source, ...read })
  })
  return { sink, source }
}

/** What travels is not the table's value, and no partitioner sees it. */
function byKey<K>(partitioner: StreamPartitioner<K, null> | undefined): StreamPartitioner<K, unknown> | undefined {
  if (partitioner === undefined) return undefined
  return (topic, key, _value, partitions) => partitioner(topic, key, null, partitions)
}

/** Kafka's `SubscriptionStoreFactory`: never cached, always logged. */
function subscriptionStore<V>(name: string, valueSerde: Serde<V>): StoreFactory {
  return keyValueStore({ name, isGiven: true }, { caching: false }, { keySerde: serdes.bytes, valueSerde })
}
