import { objectAt, type ApiObject } from '../api-object.ts'
import type { Column } from './resource-kind.ts'

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  description: 'Name of the object, unique within its namespace.',
  isWide: false,
  cell: ({ metadata }) => metadata.name,
}

export const ageColumn: Column = {
  name: 'Age',
  type: 'date',
  description: 'How long ago it was declared.',
  isWide: false,
  cell: ({ metadata }, nowMs) => age(metadata.creationTimestamp, nowMs),
}

export function textColumn(
  name: string,
  description: string,
  cell: (object: ApiObject, nowMs: number) => string | number,
): Column {
  return { name, type: 'string', description, isWide: false, cell }
}

export function wide(column: Column): Column {
  return { ...column, isWide: true }
}

/** How many fields a map of the object has, as kubectl counts the keys of a Secret. */
export function countOf(object: ApiObject, ...fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0)
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** As kubectl shows ages: two units while they matter. Kubernetes' `duration.HumanDuration`. */
export function age(since: string | undefined, nowMs: number): string {
  const then = Date.parse(since ?? '')
  return Number.isNaN(then) ? '<unknown>' : humanDuration(nowMs - then)
}

function humanDuration(ms: number): string {
  if (ms < 0) return '0s'
  const step = steps.find(({ below }) => ms < below)
  return step === undefined ? `${Math.floor(ms / (365 * dayMs))}y` : step.words(ms)
}

const steps: readonly { readonly below: number; readonly words: (ms: number) => string }[] = [
  { below: 2 * minuteMs, words: (ms) => `${Math.floor(ms / 1000)}s` },
  { below: 10 * minuteMs, words: (ms) => two(ms, [minuteMs, 'm'], [1000, 's']) },
  { below: 3 * hourMs, words: (ms) => `${Math.floor(ms / minuteMs)}m` },
  { below: 8 * hourMs, words: (ms) => two(ms, [hourMs, 'h'], [minuteMs, 'm']) },
  { below: 2 * dayMs, words: (ms) => `${Math.floor(ms / hourMs)}h` },
  { below: 8 * dayMs, words: (ms) => two(ms, [dayMs, 'd'], [hourMs, 'h']) },
  { below: 2 * 365 * dayMs, words: (ms) => `${Math.floor(ms / dayMs)}d` },
  { below: 8 * 365 * dayMs, words: (ms) => two(ms, [365 * dayMs, 'y'], [dayMs, 'd']) },
]

type Unit = readonly [ms: number, name: string]

function two(ms: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)}${largeName}${rest === 0 ? '' : `${rest}${smallName}`}`
}
