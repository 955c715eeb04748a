import { printKey } from '../../record/decide-write.ts'
import type { ObjectKey } from '../../record/record.ts'
import {
  describeClash,
  keptClaims,
  type Claim,
  type FoundAddon,
  type HeldCluster,
  type KeptClaimant,
} from '../../resource/claims.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { Refusal } from '../plan/plan.ts'
import type { KeptStreamApp } from './kept-stream-app.ts'

/**
 * Two apps may have one Kafka add-on attached, and manifests name attachments: that two StreamApps mean one application
 * id shows only when somebody looks. The first that is looked at has it, by a claim in the record, which no other gets
 * while that one is there. What comes second is refused, and when it goes, it leaves the cluster as it is.
 */
export interface Taken {
  readonly claim: Claim
  readonly by: ObjectKey
}

export function refusalOf({ claim, by }: Taken): Refusal {
  const { message, hint } = describeClash(claim, `${by.namespace}/${by.name}`)
  return { reason: 'ApplicationIdTaken', message: `${message}; ${hint}` }
}

/** The status that says what was found, and the claims that go with it. Undefined where both are so already. */
export function clusterNews(
  { key, object, app }: Pick<KeptStreamApp, 'key' | 'object' | 'app'>,
  { name, id }: FoundAddon,
): { readonly cluster: HeldCluster; readonly claims: readonly Claim[] } | undefined {
  if (app === undefined) return undefined
  const cluster = { app: app.spec.app, addon: app.spec.kafka.addon, name, id }
  const claims = keptClaims(key.name, { spec: object.spec, status: { cluster } })
  const held = new Set(keptClaims(key.name, object).map((claim) => claim.name))
  return claims.every((claim) => held.has(claim.name)) ? undefined : { cluster, claims }
}

/** What the next pass would be refused, told from all StreamApps that are kept. */
export function foreseenClash(
  kept: KeptStreamApp,
  addon: FoundAddon,
  others: readonly ({ readonly key: ObjectKey } & KeptClaimant)[],
): Taken | undefined {
  const wanted = clusterNews(kept, addon)?.claims ?? []
  for (const other of others) {
    if (printKey(other.key) === printKey(kept.key)) continue
    const held = new Set(keptClaims(other.key.name, other).map(({ name }) => name))
    const claim = wanted.find(({ name }) => held.has(name))
    if (claim !== undefined) return { claim, by: other.key }
  }
  return undefined
}

/** What may be tidied up of a StreamApp that came second: nothing of what the first one works with. */
export function leavingToTheFirst(app: StreamApp, { claim }: Taken): StreamApp {
  const { deletionPolicy } = app.spec
  const cluster = { topics: 'Orphan', internalTopics: 'Orphan', consumerGroup: 'Orphan' } as const
  const own = claim.path === '/spec/app' ? ({ formation: 'Orphan', configVars: 'Orphan' } as const) : {}
  return { ...app, spec: { ...app.spec, deletionPolicy: { ...deletionPolicy, ...cluster, ...own } } }
}
