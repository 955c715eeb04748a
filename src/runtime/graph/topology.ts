import type { TopologyDescription } from '../../topology/description.ts'
import { printDescription } from '../../topology/print-description.ts'
import type { TopologyHints } from '../../topology/topology-hints.ts'
import { describeParts } from './describe-parts.ts'
import { hintsOf } from './topology-hints.ts'
import type { TopologyParts } from './topology-parts.ts'

/** How names in a topology become names on the wire. */
export interface WireNames {
  /** `application.id`, prefix included. */
  readonly applicationId: string
  /** What the cluster puts before every topic of this tenant; '' where there is nothing. */
  readonly topicPrefix: string
}

/** A finished stream graph, ready to be described or run. */
export class Topology {
  readonly parts: TopologyParts
  /** As `Topology#describe()` tells it. */
  readonly description: TopologyDescription

  constructor(parts: TopologyParts) {
    this.parts = parts
    this.description = describeParts(parts)
  }

  /** The text of Java's `Topology#describe()`, byte for byte. */
  describe(): string {
    return printDescription(this.description)
  }

  /** What `describe()` leaves unsaid; `weir topology describe -o yaml` puts it into a manifest. */
  hints(): TopologyHints {
    return hintsOf(this.parts)
  }

  /** Repartition topics carry the application id; user topics the cluster's prefix, once. */
  wireTopic(topic: string, { applicationId, topicPrefix }: WireNames): string {
    if (this.parts.repartitionTopics.has(topic)) return `${applicationId}-${topic}`
    return topic.startsWith(topicPrefix) ? topic : `${topicPrefix}${topic}`
  }
}
