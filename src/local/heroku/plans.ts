/**
 * What each heroku-kafka plan allows. Sources: MT = Dev Center "Multi-Tenant Apache Kafka on Heroku" (2024-09-13),
 * MK = Dev Center "Managing Kafka" (2026-06-30), CODE = the official samples and CLI plugin. What says "unverified"
 * has no public source that could be read; the operator must take it from the cluster's `limits`, never from here.
 */
export interface KafkaPlan {
  readonly name: string
  readonly shared: boolean
  readonly privateSpace: boolean
  readonly monthlyCents: number
  readonly topics: { readonly max: number | null }
  readonly partitions: { readonly default: number; readonly maxPerTopic: number; readonly maxTotal: number }
  readonly replication: { readonly min: number; readonly max: number }
  readonly retentionMs: { readonly min: number; readonly max: number; readonly default: number }
  /** With `required`, a compacted topic must name a retention, too; see `retention.ts`. */
  readonly retentionWhenCompacted: 'optional' | 'required'
  /** Whether compaction together with a retention means `compact,delete`. */
  readonly mixedCleanupPolicy: boolean
  /** Null on dedicated plans: groups need not be made there, and cannot be. */
  readonly consumerGroups: { readonly max: number } | null
  readonly capacityBytes: number
  readonly quotas: { readonly produceBytesPerSecond: number; readonly consumeBytesPerSecond: number } | null
}

const hour = 3_600_000
const day = 24 * hour
const gigabyte = 1_000_000_000

const basic = (
  number: number,
  own: { produceKb: number; consumeKb: number; gb: number; partitions: number },
): KafkaPlan => ({
  name: `heroku-kafka:basic-${number}`,
  shared: true,
  privateSpace: false,
  monthlyCents: [10_000, 17_500, 35_000][number] ?? 0, // unverified
  topics: { max: 40 }, // unverified; the CLI's own test data says 40
  partitions: { default: 8, maxPerTopic: 48, maxTotal: own.partitions }, // default: CODE, per topic: unverified, total: MT
  replication: { min: 3, max: 3 }, // MK for dedicated; unverified here
  retentionMs: { min: day, max: 7 * day, default: day }, // unverified
  retentionWhenCompacted: 'optional', // unverified: a third-party provider found it required, the CLI sends null
  mixedCleanupPolicy: true, // unverified
  consumerGroups: { max: 50 }, // that there is a limit: CODE; the number: unverified
  capacityBytes: own.gb * gigabyte, // MT
  quotas: { produceBytesPerSecond: own.produceKb * 1024, consumeBytesPerSecond: own.consumeKb * 1024 }, // MT, "kb/s"
})

interface Tier {
  readonly family: 'standard' | 'extended'
  readonly space: '' | 'private-' | 'shield-'
  readonly number: number
}

const dedicated = ({ family, space, number }: Tier): KafkaPlan => {
  const extended = family === 'extended'
  return {
    name: `heroku-kafka:${space}${family}-${number}`,
    shared: false,
    privateSpace: space !== '',
    monthlyCents: (extended ? 400_000 : 150_000) * (number + 1), // unverified
    topics: { max: null },
    partitions: { default: 32, maxPerTopic: 256, maxTotal: extended ? 32_000 : 12_000 }, // MK
    replication: { min: 3, max: extended ? 8 : 3 }, // MK
    retentionMs: { min: 6 * hour, max: (extended ? 6 : 2) * 7 * day, default: day }, // MK
    retentionWhenCompacted: 'optional', // CODE
    mixedCleanupPolicy: true, // that it is a capability: CODE; which plans have it: unverified
    consumerGroups: null, // CODE: "not required or enabled on dedicated clusters"
    capacityBytes: [150, 300, 900][number] === undefined ? 0 : ([150, 300, 900][number] ?? 0) * gigabyte, // unverified
    quotas: null,
  }
}

const spaces = ['', 'private-', 'shield-'] as const
const families = ['standard', 'extended'] as const

/** Plan slugs: the regular expression in the official sample's `setup`, and the Dev Center pages. */
export const herokuKafkaPlans: readonly KafkaPlan[] = [
  basic(0, { produceKb: 64, consumeKb: 256, gb: 4, partitions: 240 }),
  basic(1, { produceKb: 512, consumeKb: 2048, gb: 32, partitions: 480 }),
  basic(2, { produceKb: 4096, consumeKb: 16_384, gb: 64, partitions: 960 }),
  ...spaces.flatMap((space) =>
    families.flatMap((family) => [0, 1, 2].map((number) => dedicated({ family, space, number }))),
  ),
]
