import type { KafkaCredentials } from '../cluster.ts'
import type { DynoManager } from '../dyno/dyno-manager.ts'
import type { KafkaPlan } from './plans.ts'

/** What the emulator keeps. Fields that can be patched are the ones that are not readonly. */
export interface App {
  readonly id: string
  name: string
  readonly createdAt: Date
  updatedAt: Date
  maintenance: boolean
  /** The app's own; those of add-ons are added by `configVarsOf`. */
  configVars: Readonly<Record<string, string>>
  readonly releases: Release[]
  readonly formation: Map<string, Formation>
  readonly slugs: Map<string, Slug>
  readonly builds: Map<string, Build>
  readonly features: Map<string, FeatureState>
  readonly webhooks: Map<string, Webhook>
  readonly deliveries: Delivery[]
  readonly dynos: DynoManager
}

export interface Release {
  readonly id: string
  readonly version: number
  readonly description: string
  readonly slug: Slug | null
  readonly ownConfigVars: Readonly<Record<string, string>>
  /** Everything its dynos see. */
  readonly configVars: Readonly<Record<string, string>>
  readonly addonPlans: readonly string[]
  readonly createdAt: Date
  updatedAt: Date
  status: 'pending' | 'succeeded' | 'failed' | 'expired'
  /** While its release phase runs. */
  output: OutputStream | null
}

export interface Formation {
  readonly id: string
  readonly type: string
  quantity: number
  size: string
  readonly createdAt: Date
  updatedAt: Date
}

export interface Slug {
  readonly id: string
  readonly processTypes: Readonly<Record<string, string>>
  readonly commit: string | null
  readonly commitDescription: string | null
  readonly checksum: string | null
  readonly createdAt: Date
  updatedAt: Date
  sizeBytes: number | null
  /** Null until its blob was put. */
  directory: string | null
}

export interface Build {
  readonly id: string
  readonly source: {
    readonly url: string
    readonly checksum: string | null
    readonly version: string | null
    readonly versionDescription: string | null
  }
  readonly createdAt: Date
  updatedAt: Date
  status: 'pending' | 'succeeded' | 'failed'
  readonly output: OutputStream
  slug: Slug | null
  release: Release | null
}

/** Text that grows and then ends: the output of a build or of a release phase. */
export interface OutputStream {
  readonly path: string
  readonly chunks: string[]
  ended: boolean
  readonly readers: Set<() => void>
}

export interface FeatureState {
  enabled: boolean
  updatedAt: Date
}

export interface Addon {
  readonly id: string
  readonly name: string
  /** Who pays, and where it goes when the app is destroyed. */
  readonly app: App
  plan: KafkaPlan
  state: 'provisioning' | 'provisioned' | 'deprovisioned'
  readonly createdAt: Date
  updatedAt: Date
  /** Null on dedicated plans. */
  readonly prefix: string | null
  credentials: KafkaCredentials | null
  readonly kafka: KafkaState
}

/** What the data API remembers beside the cluster itself; names are wire names. */
interface KafkaState {
  readonly pendingTopics: Map<string, PendingTopic>
  readonly deletingTopics: Set<string>
  readonly replication: Map<string, number>
  readonly groups: Map<string, 'pending' | 'ready'>
  version: string
}

export interface PendingTopic {
  readonly name: string
  readonly partitions: number
  readonly cleanupPolicy: 'delete' | 'compact' | 'compact,delete'
  readonly retentionMs: number | null
  isListed: boolean
}

export interface Attachment {
  readonly id: string
  readonly app: App
  readonly addon: Addon
  /** `KAFKA`; its config vars begin with it. */
  readonly name: string
  readonly createdAt: Date
  updatedAt: Date
}

export interface Webhook {
  readonly id: string
  include: readonly string[]
  level: 'notify' | 'sync'
  url: string
  secret: string
  authorization: string | null
  readonly createdAt: Date
  updatedAt: Date
}

export interface Delivery {
  readonly id: string
  readonly webhook: Webhook
  readonly event: WebhookEvent
  readonly createdAt: Date
  updatedAt: Date
  status: 'pending' | 'retrying' | 'failed' | 'succeeded'
  attempts: number
  nextAttemptAt: Date | null
  lastAttempt: Attempt | null
}

export interface Attempt {
  readonly id: string
  readonly code: number | null
  readonly errorClass: string | null
  readonly status: 'succeeded' | 'failed'
  readonly createdAt: Date
}

export interface WebhookEvent {
  readonly id: string
  /** `api:release` */
  readonly include: string
  readonly createdAt: Date
  readonly payload: {
    readonly action: 'create' | 'update' | 'destroy'
    readonly resource: string
    readonly data: object
    readonly previousData: object
  }
}
