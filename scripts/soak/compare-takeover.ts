import type { Read } from './read-topic.ts'

/** Committed records of each topic, of all partitions. An event's value is its number. */
export interface TakeoverOutcome {
  readonly events: readonly Read[]
  readonly counts: readonly Read[]
  readonly windows: readonly Read[]
  readonly visits: readonly Read[]
  readonly buckets: readonly Read[]
}

/** What the topology's windows are. */
const windowMs = 10_000
const gapMs = 5_000

/**
 * When an event with this number happened: one every 40 ms, but for blocks of 64 that come in the opposite order,
 * so that sessions grow from both sides and merge.
 */
export const timeOf = (firstMs: number, event: number): number => firstMs + (event ^ 63) * 40

/** What the stores should have come to and did not, a line each; and counts that did not go on by one, whoever counted. */
export function compareTakeover(firstMs: number, { events, ...outputs }: TakeoverOutcome): readonly string[] {
  const { counts, windows, visits, buckets } = outputs
  return [
    ...differences(
      'counts',
      countBy(events, ({ key }) => key),
      counts,
    ),
    ...differences('windows', countBy(events, windowOf(firstMs)), windows),
    ...differences('visits', visitsOf(firstMs, events), visits),
    ...differences(
      'buckets',
      countBy(events, ({ value }) => `bucket-${value % 37}`),
      buckets,
    ),
    ...[{ counts }, { windows }, { buckets }].flatMap((topic) => Object.entries(topic).flatMap(gaps)),
  ]
}

const windowOf =
  (firstMs: number) =>
  ({ key, value }: Read): string => {
    const at = timeOf(firstMs, value)
    return `${key}@${at - (at % windowMs)}`
  }

function countBy(events: readonly Read[], keyOf: (event: Read) => string): ReadonlyMap<string, number> {
  const counted = new Map<string, number>()
  for (const event of events) counted.set(keyOf(event), (counted.get(keyOf(event)) ?? 0) + 1)
  return counted
}

/** Sessions by key: events with no more than the gap between them. */
function visitsOf(firstMs: number, events: readonly Read[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>()
  for (const [key, ofKey] of Map.groupBy(events, (event) => event.key)) {
    const times = ofKey.map(({ value }) => timeOf(firstMs, value)).toSorted((a, b) => a - b)
    let [start = 0] = times
    times.forEach((at, index) => {
      const next = times[index + 1]
      const count = times.filter((other) => other >= start && other <= at).length
      if (next !== undefined && next - at <= gapMs) return
      counted.set(`${key}@${start}-${at}`, count)
      start = next ?? 0
    })
  }
  return counted
}

/** By the last record of each key; 0 stands for a session that was merged into another one. */
function differences(topic: string, expected: ReadonlyMap<string, number>, records: readonly Read[]): string[] {
  const last = new Map(records.map(({ key, value }) => [key, value]))
  return [...new Set([...expected.keys(), ...last.keys()])].flatMap((key) => {
    const [want, got] = [expected.get(key) ?? 0, last.get(key) ?? 0]
    return want === got ? [] : [`${topic}: ${key} ends at ${got}, not ${want}`]
  })
}

/** Under exactly-once, and without a cache, every step is written once. */
function gaps([topic, records]: [string, readonly Read[]]): string[] {
  const at = new Map<string, number>()
  return records.flatMap(({ key, value }) => {
    const want = (at.get(key) ?? 0) + 1
    at.set(key, value)
    return value === want ? [] : [`${topic}: ${key} goes on with ${value}, not ${want}`]
  })
}
