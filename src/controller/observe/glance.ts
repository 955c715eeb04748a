import type { Attachment, ConfigVars, ProcessFormation, RunningDyno } from '../../heroku/platform.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { streamsConfigVars } from '../desired/config-vars.ts'
import { observeCluster, type Sight } from './observe.ts'
import type { Observed } from './observed.ts'

/** What a look that found everything as asked leaves behind, so that one call can tell whether it is so still. */
export type Seen = {
  /** Every write of config vars, every add-on attached, detached or rotated, and every deploy makes another one. */
  readonly release: number
  readonly attachment: Attachment
  /** Empty on a dedicated plan. */
  readonly prefix: string
  /** What was last heard of by then: after another webhook the whole is looked at. */
  readonly heard: string | null
}

export interface Glimpse {
  readonly observed: Observed
  readonly dynos: readonly RunningDyno[]
}

/**
 * The cheap question whether anything changed: one call for the dynos, and the topics and groups of the cluster that all
 * its StreamApps share. The dynos tell how many run, of which size, and of which release: with the same release the
 * config vars and attachments are what they were. Undefined where something is not as it was, or cannot be told so:
 * then the whole must be looked at.
 *
 * Not seen by this is a release that no dyno runs: one whose release phase failed, or of an app scaled to zero.
 */
export async function glance(
  { spec }: StreamApp,
  { release, attachment, prefix }: Seen,
  sight: Sight,
  signal: AbortSignal,
): Promise<Glimpse | undefined> {
  const [dynos, cluster] = await Promise.all([
    sight.platform.dynos(spec.app, signal),
    observeCluster(attachment, whatTheAppIsTold(attachment, prefix), { app: spec.app, ...sight }, signal),
  ])
  if (!dynos.ok || !cluster.ok) return undefined
  const formed = dynos.value.filter(({ type }) => type !== 'run')
  const isAsItWas = formed.every(({ state, releaseVersion }) => state === 'up' && releaseVersion === release)
  if (!isAsItWas || !formed.some(({ type }) => type === spec.process.type)) return undefined
  const applicationId = `${prefix}${spec.applicationName}`
  return {
    dynos: dynos.value,
    observed: {
      app: spec.app,
      formation: formationOf(formed),
      configVars: { ...whatTheAppIsTold(attachment, prefix), ...streamsConfigVars(applicationId, spec.streams) },
      attachment,
      ...cluster.value,
      cluster: null,
      release: null,
    },
  }
}

/** What a look may leave behind: nothing where it cannot be told again by the dynos alone. */
export function seenOf(
  { attachment, prefix }: Observed,
  dynos: readonly RunningDyno[] | 'unknown',
  heard: string | null,
): Seen | undefined {
  if (dynos === 'unknown') return undefined
  const releases = new Set(dynos.filter(({ type }) => type !== 'run').map(({ releaseVersion }) => releaseVersion))
  const [release] = releases
  return release === undefined || releases.size > 1 ? undefined : { release, attachment, prefix, heard }
}

/** Those config vars of the add-on that are looked at; what else it sets is a secret, and is not kept. */
function whatTheAppIsTold({ name, configVars }: Attachment, prefix: string): ConfigVars {
  const variable = configVars.find((key) => key.endsWith('_PREFIX'))
  return { [`${name}_URL`]: 'seen', ...(variable === undefined ? {} : { [variable]: prefix }) }
}

/** A type that runs nothing is not among the dynos, and nobody asks for its size. */
function formationOf(dynos: readonly RunningDyno[]): readonly ProcessFormation[] {
  const types = [...new Set(dynos.map(({ type }) => type))]
  return types.map((type) => {
    const ours = dynos.filter((dyno) => dyno.type === type)
    // Dynos of one type have one size; while they are being replaced by others the count is not as asked either.
    return { type, quantity: ours.length, size: ours[0]?.size ?? '' }
  })
}
