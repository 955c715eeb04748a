import { fieldsOf } from '../../base/fields-of.ts'
/** What `weir` reads of an object of the control plane; anything may be missing there. */
export interface KeptView {
  /** All of it. */
  readonly object: Fields
  readonly name: string
  readonly namespace: string
  readonly generation: number
  readonly resourceVersion: string
  readonly isBeingDeleted: boolean
  readonly observedGeneration: number | undefined
  readonly conditions: readonly ConditionView[]
  readonly spec: Fields
  readonly status: Fields
}

interface ConditionView {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since: string
}

type Fields = Readonly<Record<string, unknown>>

export function viewOf(body: unknown): KeptView {
  const object = fieldsOf(body)
  const metadata = fieldsOf(object['metadata'])
  const status = fieldsOf(object['status'])
  const observed = status['observedGeneration']
  return {
    object,
    name: textOf(metadata['name']),
    namespace: textOf(metadata['namespace']),
    generation: Number(metadata['generation'] ?? 0),
    resourceVersion: textOf(metadata['resourceVersion']),
    isBeingDeleted: metadata['deletionTimestamp'] !== undefined,
    observedGeneration: typeof observed === 'number' ? observed : undefined,
    conditions: listOf(status['conditions']).map(conditionOf),
    spec: fieldsOf(object['spec']),
    status,
  }
}

function conditionOf(value: unknown): ConditionView {
  const { type, status, reason, message, lastTransitionTime } = fieldsOf(value)
  return {
    type: textOf(type),
    status: textOf(status),
    reason: textOf(reason),
    message: textOf(message),
    since: textOf(lastTransitionTime),
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A text or a number as it is shown; what is missing, or of another shape, shows as `otherwise`. */
export function wordOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
}
