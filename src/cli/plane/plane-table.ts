import { fieldsOf } from '../../base/fields-of.ts'
import { wordOf } from './kept-view.ts'

/** What to accept where the server should render the cells (Kubernetes' `meta.k8s.io/v1` Table). */
export const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

interface Table {
  /** Only the first event of a watch carries them. */
  readonly columnDefinitions: Columns | null
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object?: unknown }[]
}

export interface TableLook {
  readonly isWide: boolean
  /** Whether each row begins with its namespace. */
  readonly withNamespace: boolean
}

export type Columns = readonly { readonly name: string; readonly priority: number }[]

export function columnsOf(bodies: readonly unknown[]): Columns {
  return bodies.filter(isTable).find(({ columnDefinitions }) => columnDefinitions !== null)?.columnDefinitions ?? []
}

/** Columns of priority 0 are for everybody, the others for `-o wide`. */
export function headingOf(columns: Columns, { isWide, withNamespace }: TableLook): readonly string[] {
  const names = columns.filter(({ priority }) => isWide || priority === 0).map(({ name }) => name.toUpperCase())
  return withNamespace ? ['NAMESPACE', ...names] : names
}

export function rowsOf(bodies: readonly unknown[], columns: Columns, look: TableLook): readonly (readonly string[])[] {
  const shown = columns.map(({ priority }) => look.isWide || priority === 0)
  return bodies
    .filter(isTable)
    .flatMap(({ rows }) => rows)
    .map(({ cells, object }) => [
      ...(look.withNamespace ? [namespaceOf(object)] : []),
      ...cells.filter((_, column) => shown[column] === true).map((cell) => wordOf(cell, '<none>')),
    ])
}

function isTable(body: unknown): body is Table {
  return typeof body === 'object' && body !== null && 'columnDefinitions' in body && 'rows' in body
}

function namespaceOf(object: unknown): string {
  const { metadata } = fieldsOf(object)
  const { namespace } = fieldsOf(metadata)
  return wordOf(namespace, '')
}
