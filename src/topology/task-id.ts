/** One stream task: partition `partition` of every source topic of sub-topology `subtopology`. */
export interface TaskId {
  readonly subtopology: number
  readonly partition: number
}

/** `0_3`, as Kafka Streams prints it. */
export function printTaskId({ subtopology, partition }: TaskId): string {
  return `${subtopology}_${partition}`
}
