import type { HerokuPlatform } from '../../heroku/platform.ts'
import type { Change } from '../plan/change.ts'

export interface Traces {
  /** What Heroku's webhooks last told of the app: `api:formation update by somebody@example.com`. */
  readonly heardFrom: string | undefined
  /** The release that ran when all was level. */
  readonly lastRelease: number | undefined
}

/**
 * Who else wrote, as far as Heroku tells: config vars and add-ons make releases, which have an author; of a formation
 * only webhooks tell. Costs a call where a release may tell more. Undefined where nobody knows.
 */
export async function nameWriter(
  app: string,
  changes: readonly Change[],
  { platform, traces }: { readonly platform: Pick<HerokuPlatform, 'currentRelease'>; readonly traces: Traces },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { heardFrom, lastRelease } = traces
  if (lastRelease !== undefined && changes.some(({ kind }) => kind === 'set-config-vars')) {
    const release = await platform.currentRelease(app, signal)
    if (release.ok && release.value !== null && release.value.version > lastRelease) {
      const { version, by, description } = release.value
      return `release v${version} by ${by}: ${description}`
    }
  }
  return heardFrom === undefined ? undefined : `Heroku told of ${heardFrom}`
}
