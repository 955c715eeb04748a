import type { ProcessorNode, Subtopology, TopologyDescription, TopologyNode } from './description.ts'

/** Source topics whose partitions must line up, since records of one meet state of another. */
export interface CopartitionGroup {
  readonly topics: readonly string[]
  /** The nodes that meet. */
  readonly nodes: readonly string[]
  /**
   * Kafka Streams would refuse to start, too. Otherwise the nodes only share a
   * store, as processors of one's own may with partitions that differ.
   */
  readonly isJoin: boolean
}

/**
 * The groups that `describe()` lets one see: sources that reach the same store
 * through different nodes (joins, cogroups). A merge alone shares no store between nodes, and
 * Kafka Streams does not ask co-partitioning of it either.
 */
export function copartitionGroups(description: TopologyDescription): readonly CopartitionGroup[] {
  return description.subtopologies.flatMap((subtopology) => groupsOf(subtopology, description))
}

function groupsOf(subtopology: Subtopology, description: TopologyDescription): readonly CopartitionGroup[] {
  const byStore = new Map<string, ProcessorNode[]>()
  for (const node of subtopology.nodes) {
    if (node.kind !== 'processor') continue
    for (const store of node.stores) {
      const meeting = byStore.get(store)
      if (meeting) meeting.push(node)
      else byStore.set(store, [node])
    }
  }
  const graph = graphOf(subtopology)
  const groups = [...byStore.values()].flatMap((meeting) => {
    if (meeting.length < 2) return []
    const topics = topicsReaching(graph, meeting)
    return groupAround(meeting, isCogroup(meeting) ? beforeRepartition(topics, description) : topics)
  })
  return mergeOverlapping(groups)
}

function groupAround(meeting: readonly ProcessorNode[], reaching: readonly string[]): readonly CopartitionGroup[] {
  const topics = [...new Set(reaching)]
  if (topics.length < 2) return []
  const nodes = meeting.map(({ name }) => name)
  return [{ topics, nodes, isJoin: nodes.some(isJoinName) }]
}

const isCogroup = (meeting: readonly ProcessorNode[]) => meeting.some(({ name }) => name.startsWith('COGROUPKSTREAM-'))

/** For a cogroup Kafka Streams aligns what its streams were read from, even where a repartition topic lies between. */
function beforeRepartition(topics: readonly string[], { subtopologies }: TopologyDescription): readonly string[] {
  return topics.flatMap((topic) => {
    const before = subtopologies.flatMap((subtopology) =>
      subtopology.nodes
        .filter((node) => node.kind === 'sink' && node.topic === topic)
        .flatMap((sink) => topicsReaching(graphOf(subtopology), [sink])),
    )
    return before.length === 0 ? [topic] : before
  })
}

/** Generated names, and the endings that Kafka Streams gives to the nodes of a named join. */
function isJoinName(name: string): boolean {
  return (
    /^K(STREAM|TABLE)-(JOIN|LEFTJOIN|JOINTHIS|JOINOTHER|OUTERTHIS|OUTEROTHER|FK-JOIN)-|^COGROUPKSTREAM-/.test(name) ||
    /-(this|other)-join$|-join-(this|other)$|-subscription-(join-foreign|response-resolver)$|-foreign-join-subscription$/.test(
      name,
    )
  )
}

type Graph = ReadonlyMap<string, TopologyNode>

const graphOf = ({ nodes }: Subtopology): Graph => new Map(nodes.map((node) => [node.name, node]))

/** In the order of the description. */
function topicsReaching(graph: Graph, from: readonly TopologyNode[]): readonly string[] {
  const seen = new Set<string>()
  const waiting = from.map(({ name }) => name)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = graph.get(name)
    if (node === undefined || seen.has(name)) continue
    seen.add(name)
    if (node.kind !== 'source') waiting.push(...node.predecessors)
  }
  const reached = [...graph.values()].filter(({ name }) => seen.has(name))
  return reached.flatMap((node) => (node.kind === 'source' && !('pattern' in node.topics) ? node.topics : []))
}

function mergeOverlapping(groups: readonly CopartitionGroup[]): readonly CopartitionGroup[] {
  const merged: CopartitionGroup[] = []
  for (const group of groups) {
    const overlapping = merged.filter(({ topics }) => topics.some((topic) => group.topics.includes(topic)))
    const all = [...overlapping, group]
    for (const old of overlapping) merged.splice(merged.indexOf(old), 1)
    merged.push({
      topics: [...new Set(all.flatMap(({ topics }) => topics))],
      nodes: [...new Set(all.flatMap(({ nodes }) => nodes))],
      isJoin: all.some(({ isJoin }) => isJoin),
    })
  }
  return merged
}
