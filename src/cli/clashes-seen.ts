import { refusalOf } from '../controller/keep/cluster-claim.ts'
import { claimsOf, type Claim } from '../resource/claims.ts'
import type { Examination } from '../controller/reconcile.ts'
import type { StreamApp } from '../resource/stream-app.ts'

/** A StreamApp with what was found when it was looked at. */
export interface Seen {
  readonly app: StreamApp
  readonly found: Examination
}

/**
 * Two apps may have one Kafka add-on attached, and manifests name attachments: that two of them mean one application id shows
 * only once both were looked at. The later one is refused, as the control plane refuses it; of StreamApps that were not given, nothing is known here.
 */
export function withClashes(seen: readonly Seen[]): readonly Seen[] {
  return seen.map((one, index) => {
    const held = seen
      .slice(0, index)
      .map((earlier) => ({ earlier, names: new Set(claims(earlier).map(({ name }) => name)) }))
    const refusals = held.flatMap(({ earlier, names }) => {
      const claim = claims(one).find(({ name }) => names.has(name))
      const { kind, metadata } = earlier.app
      return claim === undefined
        ? []
        : [refusalOf({ claim, by: { kind, namespace: metadata.namespace, name: metadata.name } })]
    })
    const { plan } = one.found
    return refusals.length === 0
      ? one
      : { ...one, found: { ...one.found, plan: { ...plan, refusals: [...plan.refusals, ...refusals] } } }
  })
}

/** With the add-on that was found: which the manifest need not say. */
function claims({ app: { spec }, found }: Seen): readonly Claim[] {
  const { app, kafka, applicationName } = spec
  return claimsOf({ app, addon: kafka.addon, applicationName, cluster: found.observed.attachment.addon })
}
