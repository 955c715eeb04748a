import type { Clock } from '../../base/clock.ts'
import type { LocalCluster } from '../cluster.ts'
import type { DynoManager } from '../dyno/dyno-manager.ts'
import type { Chance } from './chance.ts'
import type { Knobs } from './http/knobs.ts'
import type { KafkaPlan } from './plans.ts'

/** How long what is asynchronous at Heroku takes here. A topic is first not listed, then listed with 0 partitions, then ready. */
export interface Delays {
  readonly addonProvisionMs: number
  readonly topicListedMs: number
  readonly topicReadyMs: number
  readonly topicDeleteMs: number
  readonly groupReadyMs: number
  /** Pauses before each further try of a `sync` webhook. Heroku's own schedule is not published. */
  readonly webhookRetryMs: readonly number[]
}

/** Turns a source tarball (.tar.gz on disk) into a directory that dynos start from. */
type BuildSlug = (request: {
  readonly tarball: string
  /** An existing, empty folder: the slug's. */
  readonly into: string
  readonly config: Readonly<Record<string, string>>
  readonly output: (line: string) => void
  readonly signal: AbortSignal
}) => Promise<{ readonly processTypes: Readonly<Record<string, string>> }>

export interface HerokuOptions {
  readonly cluster: LocalCluster
  readonly dynos: (app: { readonly id: string; readonly name: string }) => DynoManager
  readonly buildSlug: BuildSlug
  readonly clock: Clock
  readonly chance: Chance
  readonly apiKey: string
  readonly plans?: readonly KafkaPlan[]
  /** Apps an account can have; left out, as many as at Heroku. */
  readonly maxApps?: number
  readonly delays?: Partial<Delays>
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly dataPort?: number
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void
  /** Sees every answer before it is sent: tests hold it against the published schemas. */
  readonly onAnswer?: (answer: Answer) => void
}

export interface Answer {
  readonly host: 'platform' | 'data'
  readonly method: string
  /** `/apps/:app/formation` */
  readonly route: string
  readonly version: string
  /** True when `Accept-Inclusion` or `Accept-Expansion` widened the body. */
  readonly widened: boolean
  readonly status: number
  readonly body: unknown
}

export interface Heroku {
  /** `http://127.0.0.1:PORT`: HEROKU_HOST of the real CLI. */
  readonly apiUrl: string
  /** `127.0.0.1:PORT`, TLS: HEROKU_DATA_HOST. */
  readonly dataHost: string
  readonly apiKey: string
  /** The authority that signed the data API's certificate, as a file (NODE_EXTRA_CA_CERTS) and as text. */
  readonly caFile: string
  readonly caPem: string
  readonly knobs: Knobs
  close(): Promise<void>
}

export const usualDelays: Delays = {
  addonProvisionMs: 300,
  topicListedMs: 50,
  topicReadyMs: 150,
  topicDeleteMs: 100,
  groupReadyMs: 100,
  webhookRetryMs: [1_000, 5_000, 30_000, 120_000, 600_000],
}
