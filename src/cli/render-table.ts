/** Columns as kubectl sets them: no borders, three spaces between. The first row is the heading. `atLeast`: widths that were printed already. */
export function renderTable(
  rows: readonly (readonly string[])[],
  indent = '',
  atLeast: readonly number[] = [],
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(atLeast[column] ?? 0, ...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) => `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}
