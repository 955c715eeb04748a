import { fieldRows, type FieldRow } from '../../src/resource/field-rows.ts'

/** The table of docs/reference/streamapp.md, or of another kind's page, from the schema. */
export function fieldTable(schema?: Parameters<typeof fieldRows>[0]): string {
  const rows = fieldRows(schema).filter(({ path }) => path.startsWith('metadata.') || path.startsWith('spec.'))
  return ['| Field | Type | Default | A change | Meaning |', '|---|---|---|---|---|', ...rows.map(tableRow)].join('\n')
}

const effects: Readonly<Record<NonNullable<FieldRow['change']>, string>> = {
  nothing: 'restarts nothing',
  restart: 'restarts dynos',
  rebalance: 'moves tasks',
  scale: 'scales dynos',
  cannot: 'is refused',
}

function tableRow({ path, type, isRequired, default: fallback, change, description }: FieldRow): string {
  const isShown = fallback !== undefined && !/^(\{\}|\[\])$/.test(JSON.stringify(fallback))
  const cells = [
    `\`${path}\``,
    type,
    isRequired
      ? '*required*'
      : isShown
        ? `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``
        : '',
    change === undefined ? '' : effects[change],
    description,
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`
}
