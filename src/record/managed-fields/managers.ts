import type { Json, JsonObject } from '../record.ts'
import { isEmpty, type FieldSet } from './field-set.ts'
import { parseFields, printFields } from './fields-v1.ts'
import { byCodeUnit, isList, isMap } from './json.ts'

/** One entry of `metadata.managedFields`, read. */
export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** Empty: the object itself. */
  readonly subresource: string
  /** A timestamp of whole seconds. Undefined: it applied what was so already. */
  readonly time: string | undefined
  readonly fields: FieldSet
}

/** By `managerId`. */
export type Managers = ReadonlyMap<string, Manager>

/** One version of a kind is applied over another, but its updates are told apart. */
export function managerId({ name, operation, apiVersion, subresource }: Omit<Manager, 'fields' | 'time'>): string {
  return JSON.stringify([name, operation, subresource, operation === 'Update' ? apiVersion : ''])
}

/** Undefined where an entry cannot be read. */
export function parseManagers(written: Json | undefined): Managers | undefined {
  if (written === undefined || written === null) return new Map()
  if (!isList(written)) return undefined
  const managers = new Map<string, Manager>()
  for (const entry of written) {
    const manager = parseManager(entry)
    if (manager === undefined) return undefined
    managers.set(managerId(manager), manager)
  }
  return managers
}

function parseManager(entry: Json): Manager | undefined {
  if (!isMap(entry) || entry['fieldsType'] !== 'FieldsV1') return undefined
  const fields = parseFields(entry['fieldsV1'] ?? {})
  const { operation } = entry
  if (fields === undefined || (operation !== 'Apply' && operation !== 'Update')) return undefined
  const time = wordOf(entry, 'time') || undefined
  if (Number.isNaN(secondsOf(time))) return undefined
  const apiVersion = wordOf(entry, 'apiVersion')
  return {
    name: wordOf(entry, 'manager'),
    operation,
    apiVersion,
    subresource: wordOf(entry, 'subresource'),
    time,
    fields,
  }
}

function wordOf(entry: JsonObject, key: string): string {
  const value = entry[key]
  return typeof value === 'string' ? value : ''
}

/** Applies before updates, then by age and name. */
export function printManagers(managers: Managers): readonly JsonObject[] {
  return [...managers.values()]
    .filter(({ fields }) => !isEmpty(fields))
    .toSorted(byPlace)
    .map(printManager)
}

function printManager({ name, operation, apiVersion, subresource, time, fields }: Manager): JsonObject {
  return {
    ...(name === '' ? {} : { manager: name }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: printFields(fields),
    ...(subresource === '' ? {} : { subresource }),
  }
}

function byPlace(left: Manager, right: Manager): number {
  return (
    byCodeUnit(left.operation, right.operation) ||
    secondsOf(left.time) - secondsOf(right.time) ||
    byCodeUnit(left.name, right.name) ||
    byCodeUnit(left.apiVersion, right.apiVersion) ||
    byCodeUnit(left.subresource, right.subresource)
  )
}

export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000)
}
