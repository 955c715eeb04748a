import type { ApiObject } from '../api-object.ts'
import { ApiFailure, failure, type StatusCause } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'

/** What to do with fields that nobody knows: refuse, warn, or drop them without a word. The query parameter `fieldValidation`. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** A field that is not known where it stands, or stands there twice. */
export interface StrangeField {
  readonly why: 'unknown' | 'duplicate'
  /** `spec.topics[0].nmae` */
  readonly path: string
}

/** An object as it may be kept, and what its owner should look at. */
export interface Admitted {
  readonly object: ApiObject
  readonly warnings: readonly string[]
}

export interface AdmissionRequest {
  /** As it would be kept. */
  readonly object: ApiObject
  /** As it is kept now. Undefined: it is being made. */
  readonly current: ApiObject | undefined
  readonly fieldValidation: FieldValidation
  /** It is what a patch came to: strictness then refuses it as `Invalid`, as Kubernetes does. */
  readonly isPatch?: boolean
  /** What was found at the door already: fields of `metadata`, and those that stand twice in the body. */
  readonly strange?: readonly StrangeField[]
}

export function invalid(
  kind: Pick<ResourceKind, 'kind' | 'group'>,
  name: string,
  causes: readonly StatusCause[],
): ApiFailure {
  const qualifiedKind = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const some = causes.slice(0, mostTold)
  const more = causes.length - some.length
  const told = [
    ...some.map(({ field, message }) => `${field}: ${message}`),
    ...(more === 0 ? [] : [`and ${more} more`]),
  ]
  const words = told.length === 1 ? told.join('') : `[${told.join(', ')}]`
  return new ApiFailure(
    failure('Invalid', `${qualifiedKind} ${JSON.stringify(name)} is invalid: ${words}`, {
      name,
      group: kind.group,
      kind: kind.kind,
      causes: some,
    }),
  )
}

/** A person mends the first of many mistakes, and sees what is left: an answer is no hundred times what came. */
export const mostTold = 100

export function cause(reason: CauseReason, field: string, message: string): StatusCause {
  return { reason, field, message }
}

/** Kubernetes' `field.ErrorType`. */
type CauseReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTypeInvalid'
