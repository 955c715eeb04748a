/** Topics and their partitions as Kafka Streams prints a `TreeMap`: `{a=3, b=4}`. */
export function printCounts(counts: ReadonlyMap<string, number | undefined>): string {
  const sorted = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${sorted.map(([topic, count]) => `${topic}=${count}`).join(', ')}}`
}
