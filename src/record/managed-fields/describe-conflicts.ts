import { pathsOf } from './field-set.ts'
import { byCodeUnit } from './json.ts'
import type { Manager } from './managers.ts'
import type { Conflict } from './ownership.ts'

/** A conflict as the causes of a `Status` name it. */
export interface ConflictCause {
  readonly reason: 'FieldManagerConflict'
  readonly message: string
  readonly field: string
}

/** The message and causes of the 409 that kubectl prints. */
export function describeConflicts(conflicts: readonly Conflict[]): {
  message: string
  causes: readonly ConflictCause[]
} {
  const found = conflicts
    .map(({ manager, fields }) => ({
      who: printManager(manager),
      paths: [...pathsOf(fields)].map(printPath),
    }))
    .toSorted((left, right) => byCodeUnit(left.who, right.who))
  const causes = found.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field }) as const),
  )
  const [only] = causes
  if (causes.length === 1 && only !== undefined) {
    return { message: `Apply failed with 1 conflict: ${only.message}: ${only.field}`, causes }
  }
  const lines = found.flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)])
  return { message: `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes }
}

function printManager({ name, subresource, operation, apiVersion }: Manager): string {
  const at = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`
  const using = operation === 'Update' ? ` using ${apiVersion}` : ''
  return `${JSON.stringify(name)}${at}${using}`
}

function printPath(path: readonly string[]): string {
  return path.map(printElement).join('')
}

/** `.field`, `[name="a"]`, `[="item"]`, `[0]`. */
function printElement(element: string): string {
  const rest = element.slice(2)
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${rest}`
    case 'k:':
      return `[${printKeys(rest)}]`
    case 'v:':
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}

function printKeys(text: string): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an element's keys are a JSON object that we printed
  const keys = JSON.parse(text) as Record<string, unknown>
  return Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')
}
