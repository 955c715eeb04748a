import { didYouMean } from '../resource/did-you-mean.ts'
import { fieldRows, type FieldRow } from '../resource/field-rows.ts'
import { apiVersion } from '../resource/head-schema.ts'
import { gitSourceSchema } from '../resource/git-source-schema.ts'
import { streamAppSchema } from '../resource/stream-app-schema.ts'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { palette, type Palette } from './terminal.ts'

/** The kinds that a manifest may be of, by the name that a person types. */
const explained: Readonly<Record<string, { readonly kind: string; readonly rows: () => readonly FieldRow[] }>> = {
  streamapp: { kind: 'StreamApp', rows: () => fieldRows(streamAppSchema) },
  gitsource: { kind: 'GitSource', rows: () => fieldRows(gitSourceSchema) },
}

/** `weir explain streamapp.spec.scaling`: what a field means, from the schema that checks it. */
export const explain: CliCommand = {
  define: (command) =>
    command
      .argument('<field>', 'streamapp or gitsource, or a field of it: streamapp.spec.scaling')
      .addHelpText('after', '\nExample:\n  weir explain streamapp.spec.topology.stores'),

  run: ({ args }, { stdout, stderr }) => {
    const [typed = '', ...names] = (args[0] ?? '').replaceAll(/\[\d*\]/g, '').split('.')
    const word = typed.toLowerCase().replace(/s$/, '')
    const about = Object.hasOwn(explained, word) ? explained[word] : undefined
    if (about === undefined) {
      stderr.write(`weir explain: there is no kind "${typed}"; ${didYouMean(typed, Object.keys(explained))}\n`)
      return Promise.resolve(exitCodes.invalid)
    }
    const rows = about.rows()
    const row = rows.find(({ path }) => bare(path) === names.join('.'))
    if (row === undefined) {
      stderr.write(`weir explain: ${whereItEnds(rows, word, names)}\n`)
      return Promise.resolve(exitCodes.invalid)
    }
    stdout.write(renderField(about.kind, row, fieldsOf(rows, row), palette(stdout)))
    return Promise.resolve(exitCodes.ok)
  },
}

/** Lists are walked through as if they were not there. */
const bare = (path: string) => path.replaceAll('[]', '')

function fieldsOf(rows: readonly FieldRow[], { path }: FieldRow): readonly FieldRow[] {
  const prefix = path === '' ? '' : `${bare(path)}.`
  return rows.filter(
    (row) => row.path !== '' && bare(row.path).startsWith(prefix) && !bare(row.path).slice(prefix.length).includes('.'),
  )
}

function whereItEnds(rows: readonly FieldRow[], kind: string, names: readonly string[]): string {
  const known = names.findIndex(
    (_, index) => !rows.some(({ path }) => bare(path) === names.slice(0, index + 1).join('.')),
  )
  const parent = rows.find(({ path }) => bare(path) === names.slice(0, known).join('.'))
  const fields = parent === undefined ? [] : fieldsOf(rows, parent).map(({ path }) => lastName(path))
  const where = [kind, ...names.slice(0, known)].join('.')
  const wrong = names[known] ?? ''
  return fields.length === 0
    ? `${where} has no fields of its own, so no "${wrong}"`
    : `${where} has no field "${wrong}"; ${didYouMean(wrong, fields)}`
}

const lastName = (path: string) => path.slice(path.lastIndexOf('.') + 1)

const changes: Readonly<Record<NonNullable<FieldRow['change']>, string>> = {
  nothing: 'a change restarts nothing',
  restart: 'a change makes a release and restarts every dyno',
  rebalance: 'a change moves stream tasks between dynos',
  scale: 'a change starts or stops dynos, and stream tasks move',
  cannot: 'cannot be changed',
}

function renderField(kind: string, row: FieldRow, fields: readonly FieldRow[], paint: Palette): string {
  const head = [
    ['KIND', kind],
    ['VERSION', apiVersion],
    ...(row.path === '' ? [] : [['FIELD', `${row.path} <${row.type}>${row.isRequired ? ' required' : ''}`]]),
    ...(hasShownDefault(row) ? [['DEFAULT', JSON.stringify(row.default)]] : []),
    ...(row.examples.length === 0
      ? []
      : [['EXAMPLE', row.examples.map((example) => JSON.stringify(example)).join(', ')]]),
    ...(row.change === undefined ? [] : [['CHANGE', changes[row.change]]]),
  ]
  const lines = head.map(([name = '', value = '']) => `${paint.bold(`${name}:`.padEnd(9))}${value}\n`)
  const below = fields.map((field) => renderBelow(field, paint))
  return `${lines.join('')}\n${row.description}\n${below.length === 0 ? '' : `\n${paint.bold('FIELDS:')}\n${below.join('')}`}`
}

function renderBelow(field: FieldRow, paint: Palette): string {
  const fallback = hasShownDefault(field) ? `, default ${JSON.stringify(field.default)}` : ''
  const head = `  ${paint.cyan(lastName(field.path))} <${field.type}>${field.isRequired ? ' required' : ''}${fallback}`
  return `${head}\n      ${field.description}${field.change === undefined ? '' : paint.dim(` (${changes[field.change]})`)}\n`
}

/** An empty mapping or list as default says only that the field may be left out. */
function hasShownDefault(row: FieldRow): boolean {
  return row.default !== undefined && !/^(\{\}|\[\])$/.test(JSON.stringify(row.default))
}
