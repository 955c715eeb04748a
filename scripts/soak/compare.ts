import type { Read } from './read-topic.ts'

/** Committed records by partition, as `readTopic` returns them. */
export interface Outcome {
  readonly orders: readonly (readonly Read[])[]
  readonly copies: readonly (readonly Read[])[]
  readonly sums: readonly (readonly Read[])[]
  readonly buckets: readonly (readonly Read[])[]
}

/** What should have been written and was not, or was and should not have been; a line each. Every record is looked at. */
export function compareOutcome({ orders, copies, sums, buckets }: Outcome): readonly string[] {
  return [
    ...orders.flatMap((read, partition) => firstDifference(`copies-${partition}`, read, copies[partition] ?? [])),
    ...orders.flatMap((read, partition) =>
      firstDifference(`sums-${partition}`, runningSums(read), sums[partition] ?? []),
    ),
    ...compareCounts(orders.flat(), buckets),
  ]
}

/** A task writes in the order it reads, and a retried input is in the log only once: so must everything be. */
function firstDifference(where: string, expected: readonly Read[], actual: readonly Read[]): readonly string[] {
  const length = Math.max(expected.length, actual.length)
  for (let index = 0; index < length; index += 1) {
    const [want, got] = [expected[index], actual[index]]
    if (want?.key !== got?.key || want?.value !== got?.value)
      return [
        `${where}: record ${index} is ${print(got)}, not ${print(want)} (${actual.length} records, ${expected.length} expected)`,
      ]
  }
  return []
}

function runningSums(read: readonly Read[]): readonly Read[] {
  const sums = new Map<string, number>()
  return read.map(({ key, value }) => {
    const sum = (sums.get(key) ?? 0) + value
    sums.set(key, sum)
    return { key, value: sum }
  })
}

/** Beyond a repartition topic the order among upstream tasks is nobody's; but each bucket counts 1, 2, 3 … to its end. */
function compareCounts(orders: readonly Read[], buckets: readonly (readonly Read[])[]): readonly string[] {
  const expected = new Map<string, number>()
  for (const { value } of orders) {
    const bucket = `bucket-${value % 37}`
    expected.set(bucket, (expected.get(bucket) ?? 0) + 1)
  }
  const counted = new Map<string, number>()
  const wrong: string[] = []
  for (const { key, value } of buckets.flat()) {
    const want = (counted.get(key) ?? 0) + 1
    if (value !== want) wrong.push(`buckets: ${key} goes on with ${value}, not ${want}`)
    counted.set(key, value)
  }
  for (const bucket of new Set([...expected.keys(), ...counted.keys()]))
    if (expected.get(bucket) !== counted.get(bucket))
      wrong.push(`buckets: ${bucket} ends at ${counted.get(bucket) ?? 0}, not ${expected.get(bucket) ?? 0}`)
  return wrong
}

const print = (record: Read | undefined): string => (record === undefined ? 'missing' : `${record.key}=${record.value}`)
