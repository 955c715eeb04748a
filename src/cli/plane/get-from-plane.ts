import { fieldsOf } from '../../base/fields-of.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { outputFormat, showsCells, type DocumentFormat, type OutputFormat } from '../output/output-format.ts'
import { itemsOf, printObjects } from '../output/print-objects.ts'
import { renderTable } from '../render-table.ts'
import { worst } from '../say-failure.ts'
import { objectOf, type PlaneAsked } from './declared-object.ts'
import { textOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { kindPath, ownKind, qualifiedKind, typedObjects, type PlaneKind } from './plane-kind.ts'
import { objectPath, type NamedApp, type PlaneObject } from './plane-object.ts'
import { asTable, columnsOf, headingOf, rowsOf, type TableLook } from './plane-table.ts'
import { sayObjectFailure } from './say-object-failure.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { watchedObject, watchPlane, type Watched } from './watch-plane.ts'

/** `weir get [KIND] [NAME…]`, `-f FILE`: what the control plane has, one line each, or whole; with `--watch` as it changes. */
export async function getFromPlane({ words, declared }: PlaneAsked, work: PlaneWork): Promise<ExitCode> {
  const { client, given, around, namespace } = work
  const format = outputFormat(given)
  if (!format.ok) return sayWrong(format.error, work)
  const typed = await typedObjects(words, client, around.signal)
  if (!typed.ok) return sayPlaneFailure('weir get', typed.error, around)
  const named = typed.value.map(({ kind, names }): Group => ({
    kind,
    objects: names.map((name) => ({ namespace, name })),
  }))
  const groups = [...named, ...groupsOf(declared.map(objectOf))]
  const asked = groups.length > 0 ? groups : [{ kind: ownKind('StreamApp'), objects: [] }]
  if (given.options['watch'] === true) return watch(asked, format.value, work)
  return showsCells(format.value) ? showTables(asked, format.value, work) : showDocuments(asked, format.value, work)
}

function sayWrong(message: string, { around }: PlaneWork): ExitCode {
  around.stderr.write(`weir get: ${message}\n`)
  return exitCodes.invalid
}

/** Objects of one kind; none: all of them. */
interface Group {
  readonly kind: PlaneKind
  readonly objects: readonly NamedApp[]
}

function groupsOf(objects: readonly PlaneObject[]): readonly Group[] {
  const kinds = [...new Set(objects.map(({ kind }) => kind))]
  return kinds.map((kind) => ({ kind, objects: objects.filter((object) => object.kind === kind) }))
}

/** The namespace that is looked into; undefined: all of them. */
function scopeOf({ given, namespace }: PlaneWork): string | undefined {
  return given.options['allNamespaces'] === true ? undefined : namespace
}

/** A table for each kind, an empty line between. */
async function showTables(groups: readonly Group[], format: OutputFormat, work: PlaneWork): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const [index, group] of groups.entries()) {
    const bodies = await askEach(group, asTable, work)
    if (typeof bodies === 'number') {
      codes.push(bodies)
      continue
    }
    const rows = tableOf(bodies, lookOf(group.kind, format, work))
    if (rows.length <= 1) sayNone(group.kind, work)
    else work.around.stdout.write(`${index === 0 ? '' : '\n'}${renderTable(rows)}`)
  }
  return worst(codes)
}

function lookOf(kind: PlaneKind, format: OutputFormat, work: PlaneWork): TableLook {
  return { isWide: format.kind === 'wide', withNamespace: scopeOf(work) === undefined && kind.isNamespaced }
}

function tableOf(bodies: readonly unknown[], look: TableLook): readonly (readonly string[])[] {
  const columns = columnsOf(bodies)
  return [headingOf(columns, look), ...rowsOf(bodies, columns, look)]
}

async function showDocuments(groups: readonly Group[], format: DocumentFormat, work: PlaneWork): Promise<ExitCode> {
  const found: unknown[] = []
  for (const group of groups) {
    const bodies = await askEach(group, undefined, work)
    if (typeof bodies === 'number') return bodies
    found.push(...bodies)
  }
  work.around.stdout.write(printObjects(found, format))
  return exitCodes.ok
}

async function watch(groups: readonly Group[], format: OutputFormat, work: PlaneWork): Promise<ExitCode> {
  const [group, ...others] = groups
  if (group === undefined || others.length > 0 || group.objects.length > 1) {
    return sayWrong('--watch takes one name, or none for all of them', work)
  }
  const { kind, objects } = group
  const [only] = objects
  const { client, around } = work
  const path = kindPath(kind, only?.namespace ?? scopeOf(work))
  const query: Readonly<Record<string, string>> = {
    ...selectorOf(work),
    ...(only === undefined ? {} : { fieldSelector: `metadata.name=${only.name}` }),
  }
  // A watch begins at the version of a list, and so looks at one object as a list of one.
  const accept = showsCells(format) ? { accept: asTable } : {}
  const reply = await client.ask({ method: 'GET', path, query, ...accept }, around.signal)
  if (!reply.ok) return sayPlaneFailure('weir get', reply.error, around)
  return watchFrom(reply.value.body, { path, query, format, look: lookOf(kind, format, work) }, work)
}

/** Shows the list, and then each change of it. */
function watchFrom(
  list: unknown,
  watched: Pick<Watched, 'path' | 'query' | 'format' | 'look'>,
  work: PlaneWork,
): Promise<ExitCode> {
  const { format, look } = watched
  const rows = tableOf([list], look)
  work.around.stdout.write(showsCells(format) ? renderTable(rows) : documents([list], format))
  const resourceVersion = textOf(fieldsOf(fieldsOf(list)['metadata'])['resourceVersion'])
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return watchPlane({ ...watched, resourceVersion, columns: columnsOf([list]), widths }, work)
}

/** A watch shows objects one by one from the start. */
function documents(bodies: readonly unknown[], format: DocumentFormat): string {
  return bodies
    .flatMap(itemsOf)
    .map((object) => watchedObject(object, format))
    .join('')
}

/** `-l app=words`, as kubectl has it. */
function selectorOf({ given }: PlaneWork): Readonly<Record<string, string>> {
  const selector = given.options['selector']
  return typeof selector === 'string' ? { labelSelector: selector } : {}
}

/** What the control plane answers for each, or the exit code of what was said of the first that it refuses. */
async function askEach(
  { kind, objects }: Group,
  accept: string | undefined,
  work: PlaneWork,
): Promise<readonly unknown[] | ExitCode> {
  const { client, around } = work
  const head = accept === undefined ? {} : { accept }
  if (objects.length === 0) {
    const call = { method: 'GET', path: kindPath(kind, scopeOf(work)), query: selectorOf(work), ...head } as const
    const reply = await client.ask(call, around.signal)
    return reply.ok ? [reply.value.body] : sayPlaneFailure('weir get', reply.error, around)
  }
  const bodies: unknown[] = []
  for (const { namespace, name } of objects) {
    const object = { kind, namespace, name }
    const reply = await client.ask({ method: 'GET', path: objectPath(object), ...head }, around.signal)
    if (!reply.ok) return sayObjectFailure(object, reply.error, work)
    bodies.push(reply.value.body)
  }
  return bodies
}

function sayNone(kind: PlaneKind, work: PlaneWork): void {
  const scope = scopeOf(work)
  const what = kind.kind === 'StreamApp' ? 'StreamApps' : qualifiedKind(kind)
  const where = !kind.isNamespaced || scope === undefined ? '' : ` in namespace ${scope}`
  work.around.stderr.write(`no ${what}${where}\n`)
}
