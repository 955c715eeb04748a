import { ok, type Result } from '../../base/result.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { outputFormat, showsCells, type DocumentFormat, type OutputFormat } from '../output/output-format.ts'
import { itemsOf, printObjects } from '../output/print-objects.ts'
import { renderTable } from '../render-table.ts'
import { fieldsOf, textOf } from './kept-view.ts'
import type { PlaneFailure } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { kindPath, qualifiedKind, typedObjects, type PlaneKind } from './plane-kind.ts'
import { asTable, columnsOf, headingOf, rowsOf } from './plane-table.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { watchedObject, watchPlane } from './watch-plane.ts'

/** `weir get [KIND] [NAME…]`: what the control plane has, one line each, or whole; with `--watch` as it changes. */
export async function getFromPlane(words: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, given, around } = work
  const format = outputFormat(given)
  if (!format.ok) {
    around.stderr.write(`weir get: ${format.error}\n`)
    return exitCodes.invalid
  }
  const typed = await typedObjects(words, client, around.signal)
  if (!typed.ok) return sayPlaneFailure('weir get', typed.error, around)
  const { kind, names } = typed.value
  if (given.options['watch'] === true && names.length > 1) {
    around.stderr.write('weir get: --watch takes one name, or none for all of them\n')
    return exitCodes.invalid
  }
  return show({ kind, names, format: format.value }, work)
}

interface Asked {
  readonly kind: PlaneKind
  readonly names: readonly string[]
  readonly format: OutputFormat
}

async function show(asked: Asked, work: PlaneWork): Promise<ExitCode> {
  const { given, around } = work
  const { format, kind } = asked
  const scope = given.options['allNamespaces'] === true ? undefined : work.namespace
  const isWatched = given.options['watch'] === true
  const bodies = await (isWatched ? askList(asked, scope, work) : askEach(asked, scope, work))
  if (!bodies.ok) return sayPlaneFailure('weir get', bodies.error, around)
  const look = { isWide: format.kind === 'wide', withNamespace: scope === undefined && kind.isNamespaced }
  const columns = columnsOf(bodies.value)
  const rows = [headingOf(columns, look), ...rowsOf(bodies.value, columns, look)]
  if (!showsCells(format)) around.stdout.write(documents(bodies.value, format, isWatched))
  else if (rows.length > 1 || isWatched) around.stdout.write(renderTable(rows))
  else sayNone(kind, scope, work)
  if (!isWatched) return exitCodes.ok
  const resourceVersion = textOf(fieldsOf(fieldsOf(bodies.value[0])['metadata'])['resourceVersion'])
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return watchPlane(
    { path: kindPath(kind, scope), query: onlyNamed(asked), resourceVersion, format, look, columns, widths },
    work,
  )
}

/** A watch shows objects one by one from the start. */
function documents(bodies: readonly unknown[], format: DocumentFormat, isWatched: boolean): string {
  if (!isWatched) return printObjects(bodies, format)
  return bodies
    .flatMap(itemsOf)
    .map((object) => watchedObject(object, format))
    .join('')
}

type Bodies = Result<readonly unknown[], PlaneFailure>

/** A watch begins at the version of a list, and so looks at one object as a list of one. */
async function askList(asked: Asked, scope: string | undefined, { client, around }: PlaneWork): Promise<Bodies> {
  const call = {
    method: 'GET',
    path: kindPath(asked.kind, scope),
    query: onlyNamed(asked),
    ...acceptOf(asked),
  } as const
  const reply = await client.ask(call, around.signal)
  return reply.ok ? ok([reply.value.body]) : reply
}

async function askEach(
  asked: Asked,
  scope: string | undefined,
  { client, namespace, around }: PlaneWork,
): Promise<Bodies> {
  const { kind, names } = asked
  const paths = names.length === 0 ? [kindPath(kind, scope)] : names.map((name) => kindPath(kind, namespace, name))
  const bodies: unknown[] = []
  for (const path of paths) {
    const reply = await client.ask({ method: 'GET', path, ...acceptOf(asked) }, around.signal)
    if (!reply.ok) return reply
    bodies.push(reply.value.body)
  }
  return ok(bodies)
}

function acceptOf({ format }: Asked): { readonly accept?: string } {
  return showsCells(format) ? { accept: asTable } : {}
}

function onlyNamed({ names: [name] }: Asked): Readonly<Record<string, string>> {
  return name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }
}

function sayNone(kind: PlaneKind, scope: string | undefined, { around }: PlaneWork): void {
  const what = kind.kind === 'StreamApp' ? 'StreamApps' : qualifiedKind(kind)
  const where = !kind.isNamespaced || scope === undefined ? '' : ` in namespace ${scope}`
  around.stderr.write(`no ${what}${where}\n`)
}
