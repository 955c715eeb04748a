import type { Result } from '../base/result.ts'
import type { HerokuFailure } from './failure.ts'

export type Answer<T> = Promise<Result<T, HerokuFailure>>

/** What we ask of Heroku's Platform API. One call of the API each, unless a list has more than one page. */
export interface HerokuPlatform {
  formation(app: string, signal: AbortSignal): Answer<readonly ProcessFormation[]>
  configVars(app: string, signal: AbortSignal): Answer<ConfigVars>
  attachments(app: string, signal: AbortSignal): Answer<readonly Attachment[]>
  dynos(app: string, signal: AbortSignal): Answer<readonly RunningDyno[]>
  /** The release that runs, or null before the first. */
  currentRelease(app: string, signal: AbortSignal): Answer<Release | null>

  /** Null unsets. Makes a release and restarts every dyno, so: all in one, and only what differs. */
  patchConfigVars(app: string, patch: Readonly<Record<string, string | null>>, signal: AbortSignal): Answer<ConfigVars>
  patchFormation(
    app: string,
    updates: readonly FormationUpdate[],
    signal: AbortSignal,
  ): Answer<readonly ProcessFormation[]>
}

export type ConfigVars = Readonly<Record<string, string>>

/** How many dynos of which size run one process type. */
export interface ProcessFormation {
  readonly type: string
  readonly quantity: number
  /** As Heroku writes it: `Standard-1X`. */
  readonly size: string
}

export interface FormationUpdate {
  readonly type: string
  readonly quantity: number
  /** Left out: the size stays. */
  readonly size?: string
}

export interface Attachment {
  /** `KAFKA`: its config vars begin with it. */
  readonly name: string
  readonly addon: { readonly id: string; readonly name: string }
  /** `heroku-kafka:basic-0` */
  readonly plan: string
  readonly configVars: readonly string[]
}

export interface RunningDyno {
  readonly name: string
  readonly type: string
  /** starting, up, idle, crashed, down. */
  readonly state: string
  readonly releaseVersion: number
  /** As Heroku writes it: `Standard-1X`. */
  readonly size: string
}

export interface Release {
  readonly version: number
  readonly status: string
  /** False on a new app: nothing was deployed, so there are no process types. */
  readonly hasSlug: boolean
  /** The account that made it: its e-mail address. */
  readonly by: string
  /** `Set STREAMS_A config vars`, `Deploy 1a2b3c4d` … */
  readonly description: string
}
