/** `0_2` before `0_10` before `1_0`, as `TaskId.compareTo` has it. */
export function compareTasks(one: string, other: string): number {
  const [first, second] = [numbersOf(one), numbersOf(other)]
  return first[0] - second[0] || first[1] - second[1]
}

export function sortTasks(tasks: Iterable<string>): readonly string[] {
  return [...tasks].toSorted(compareTasks)
}

/**
 * The order in which Java walks through a `HashSet<TaskId>` that was filled in the order
 * of tasks: some of Kafka Streams' choices follow it.
 */
export function hashOrder(tasks: Iterable<string>): readonly string[] {
  const sorted = sortTasks(tasks)
  let capacity = 16
  while (sorted.length > capacity * 0.75) capacity *= 2
  const bucket = (task: string): number => {
    const hash = hashOf(task)
    return (hash ^ (hash >>> 16)) & (capacity - 1)
  }
  return sorted
    .map((task) => ({ task, bucket: bucket(task) }))
    .toSorted((one, other) => one.bucket - other.bucket)
    .map(({ task }) => task)
}

/** `TaskId.hashCode`: of sub-topology, partition, and the name of a topology, which is null. */
function hashOf(task: string): number {
  const [subtopology, partition] = numbersOf(task)
  return [subtopology, partition, 0].reduce((hash, part) => (Math.imul(31, hash) + part) | 0, 1)
}

function numbersOf(task: string): readonly [number, number] {
  const at = task.indexOf('_')
  return [Number(task.slice(0, at)), Number(task.slice(at + 1))]
}
