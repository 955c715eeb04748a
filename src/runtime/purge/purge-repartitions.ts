import type { Position } from '../../kafka/record-source.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

type Around = Pick<ThreadWorld, 'tasks' | 'topology' | 'wire' | 'client' | 'config' | 'log' | 'clock'>

/**
 * Deletes what lies behind the commit in repartition topics: nobody but this app reads them, and on a dedicated plan
 * nothing else makes them shorter. Kafka Streams' `repartition.purge.interval.ms`.
 *
 * A purge runs beside the turns and never holds one up. Where the ACLs refuse, that is said once and not asked again.
 */
export class RepartitionPurge {
  #lastMs: number
  #isRefused = false
  #underWay: Promise<void> | undefined
  readonly #purged = new Map<string, number>()

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** To be called after a commit that succeeded. */
  startIfDue(world: Around): void {
    const now = world.clock.now()
    if (this.#isRefused || this.#underWay !== undefined || now - this.#lastMs < world.config.repartitionPurgeMs) return
    this.#lastMs = now
    const positions = this.#committed(world)
    if (positions.length === 0) return
    this.#underWay = this.#purge(world, positions).finally(() => {
      this.#underWay = undefined
    })
  }

  /** Ends with the purge that is under way, if there is one. */
  async settled(): Promise<void> {
    await this.#underWay
  }

  async #purge({ client, log }: Around, positions: readonly Position[]): Promise<void> {
    const purged = await client.purge(positions)
    if (purged.ok) {
      for (const position of positions) this.#purged.set(keyOf(position), position.offset)
      return
    }
    if (purged.error.kind !== 'fatal') return
    this.#isRefused = true
    const topics = [...new Set(positions.map(({ topic }) => topic))]
    log.warn({ reason: purged.error.reason, topics }, refused)
  }

  #committed({ tasks, topology, wire }: Around): readonly Position[] {
    const sources = topologyFacts(topology, wire).flatMap((subtopology) => subtopology.sources)
    const repartitions = new Set(sources.filter(({ isRepartition }) => isRepartition).map(({ topic }) => topic))
    return [...tasks.values()]
      .flatMap((active) => active.committedOffsets)
      .filter(
        (position) => repartitions.has(position.topic) && position.offset > (this.#purged.get(keyOf(position)) ?? 0),
      )
      .map(({ topic, partition, offset }) => ({ topic, partition, offset }))
  }
}

const refused =
  'the cluster does not let this app delete records of its repartition topics, which is not tried again: ' +
  'give those topics a finite retention that is longer than the app is ever away'

const keyOf = ({ topic, partition }: Position): string => `${topic}-${partition}`
