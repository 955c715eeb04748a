interface Topical {
  readonly topic: string
}

/** Groups what is said of partitions by topic, as every call of the protocol wants it. */
export function byTopic<Item extends Topical>(
  items: readonly Item[],
): { readonly name: string; readonly partitions: readonly Item[] }[] {
  return [...Map.groupBy(items, ({ topic }) => topic)].map(([name, partitions]) => ({ name, partitions }))
}
