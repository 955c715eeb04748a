import type { Cluster, ClusterTopic } from '../../heroku/kafka-data.ts'
import type { Attachment, ConfigVars, ProcessFormation, Release } from '../../heroku/platform.ts'

/** What is, as Heroku's two APIs tell it. Names without prefix. */
export interface Observed {
  readonly app: string
  readonly formation: readonly ProcessFormation[]
  readonly configVars: ConfigVars
  readonly attachment: Attachment
  /** A basic plan: names carry a prefix on the wire, and groups must be made. */
  readonly shared: boolean
  /** Empty on a dedicated plan. */
  readonly prefix: string
  readonly topics: ReadonlyMap<string, ClusterTopic>
  /** Null on a dedicated plan: groups need not be made there, so nobody looked. */
  readonly groups: ReadonlySet<string> | null
  /** Read only where something must be made or changed. */
  readonly cluster: Cluster | null
  /** Read only where the process type is not in the formation. */
  readonly release: Release | null
}
