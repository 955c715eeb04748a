import type { RecordOrigin } from '../store/record-origin.ts'
import type { TaskContext } from '../task/task-context.ts'

/** Does something as if the record at hand were another, earlier one. */
export function asOf<T>(context: TaskContext, origin: RecordOrigin, act: () => T): T {
  const { topic, partition, offset, timestamp, headers } = context
  Object.assign(context, origin)
  const result = act()
  Object.assign(context, { topic, partition, offset, timestamp, headers })
  return result
}
