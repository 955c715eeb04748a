import type { CleanupPolicy } from '../../heroku/kafka-data.ts'

/** A stream app that somebody set up by hand, as Heroku shows it or as a script of commands says it. Topics and groups without prefix. */
export interface HandRunApp {
  readonly app: string
  /** Attachment of the Kafka add-on. */
  readonly addon: string
  readonly topics: readonly HandMadeTopic[]
  /** Empty on a dedicated plan, where nobody makes groups. */
  readonly groups: readonly string[]
  /** Config vars that begin with STREAMS_. `STREAMS_APPLICATION_ID` is without the cluster's prefix. */
  readonly streamsVars: Readonly<Record<string, string>>
  readonly processes: readonly HandMadeProcess[]
}

export interface HandMadeTopic {
  readonly name: string
  /** Undefined: a script did not say, and Heroku took the plan's own. */
  readonly partitions: number | undefined
  /** Undefined: something that Heroku has no word for. */
  readonly cleanupPolicy: CleanupPolicy | undefined
  readonly retentionMs: number | undefined
}

export interface HandMadeProcess {
  readonly type: string
  readonly quantity: number
  readonly size: string | undefined
}

/** What a person may know better than what is found. */
export interface ImportChoices {
  readonly name?: string
  readonly applicationName?: string
  readonly process?: string
  readonly sources?: readonly string[]
  /** The text that `Topology#describe()` prints. */
  readonly describe?: string
}
