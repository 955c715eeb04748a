import type { JsonObject } from '../../record/record.ts'

/** The words that schemas of Kubernetes' own kinds are put together from. */
export const text = (description: string): JsonObject => ({ type: 'string', description })

export const bool = (description: string): JsonObject => ({ type: 'boolean', description })

export const whole = (description: string): JsonObject => ({ type: 'integer', format: 'int32', description })

export const time = (description: string): JsonObject => ({ type: 'string', format: 'date-time', description })

/** A time that clients write as null where there is none: Go's `metav1.Time` does. */
export const timeOrNull = (description: string): JsonObject => ({ ...time(description), nullable: true })

export const object = (description: string, properties: JsonObject): JsonObject => ({
  type: 'object',
  description,
  properties,
})
