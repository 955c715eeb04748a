import type { JsonObject } from '../../../src/record/record.ts'
import {
  applyConfiguration,
  type Application,
  type Applied,
} from '../../../src/record/managed-fields/apply-configuration.ts'
import { typingOfKind } from '../../../src/record/managed-fields/typing-of-schema.ts'
import { updateManagedFields, type Update } from '../../../src/record/managed-fields/update-managed-fields.ts'
import { gadgetSchema } from '../../server/oracle/gadget-schema.ts'

export const typing = typingOfKind(gadgetSchema)
export const noon = new Date('2026-11-25T12:00:00Z')
export const later = new Date('2026-11-25T13:00:00Z')

export function gadget(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'oracle.weirkeeper.dev/v1', kind: 'Gadget', metadata: { name: 'one', ...metadata }, spec }
}

export function apply(
  live: JsonObject | undefined,
  spec: JsonObject,
  more: Partial<Application> & Pick<Application, 'manager'>,
): Applied {
  const words = { subresource: '', force: false, at: noon, typing } as const
  return applyConfiguration({ ...words, live, applied: gadget(spec), ...more })
}

/** The object after an apply that must succeed. */
export function applied(...[live, spec, more]: Parameters<typeof apply>): JsonObject {
  const outcome = apply(live, spec, more)
  if (outcome.kind !== 'applied') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`)
  return outcome.object
}

export function updated(
  before: JsonObject | undefined,
  after: JsonObject,
  more: Partial<Update> & Pick<Update, 'manager'>,
): JsonObject {
  return updateManagedFields({ before, after, subresource: '', at: noon, typing, ...more })
}

export interface Entry {
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly time?: string
  readonly fieldsV1?: JsonObject
}

export function entriesOf(object: JsonObject): readonly Entry[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own functions wrote
  const { managedFields = [] } = object['metadata'] as { managedFields?: readonly Entry[] }
  return managedFields
}

/** `one Apply`, `edit Update`: who is listed, in order. */
export function managersOf(object: JsonObject): readonly string[] {
  return entriesOf(object).map(({ manager, operation }) => `${manager} ${operation}`)
}

export function fieldsOf(object: JsonObject, manager: string): JsonObject | undefined {
  return entriesOf(object).find((entry) => entry.manager === manager)?.fieldsV1
}
