import { Type, type TSchema } from 'typebox'
import { durationPattern, type DurationText } from '../base/duration.ts'

/** What changing a field does to a running app; `weir explain` prints it. */
export type ChangeEffect = 'nothing' | 'restart' | 'rebalance' | 'scale' | 'cannot'

/** What a field says of itself beside its type. */
export interface FieldWords {
  readonly description: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  /** The effect of a change. Left out: it depends on the fields below. */
  readonly 'x-change'?: ChangeEffect
}

export const duration = (words: FieldWords) =>
  Type.Unsafe<DurationText>({
    type: ['string', 'integer'],
    pattern: durationPattern,
    minimum: 1,
    format: 'duration',
    ...words,
  })

/** Kafka's own rule, without the prefix that a basic plan adds. */
export const topicName = (words: FieldWords) =>
  Type.String({ pattern: '^[A-Za-z0-9._-]+$', minLength: 1, maxLength: 249, format: 'topic-name', ...words })

export const count = (words: FieldWords & { readonly minimum: number; readonly maximum?: number }) =>
  Type.Integer({ ...words })

export function oneOf<const Values extends readonly string[]>(values: Values, words: FieldWords) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...words })
}

/** An object that knows all its fields: a misspelt one is a mistake, never ignored. */
export function closed<const Fields extends Record<string, TSchema>>(fields: Fields, words: FieldWords) {
  return Type.Object(fields, { additionalProperties: false, ...words })
}

/** No list of a manifest is longer: what checks compare pairwise must stay small. */
export const mostItems = { maxItems: 1000 } as const
