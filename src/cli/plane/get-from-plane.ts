import { dump } from 'js-yaml'
import type { Given } from '../command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { renderTable } from '../render-table.ts'
import type { PlaneWork } from './plane-command.ts'
import { wordOf } from './kept-view.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { group, streamAppPath } from './stream-app-path.ts'

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

const getOutputs = ['table', 'wide', 'json', 'yaml', 'name'] as const
type Output = (typeof getOutputs)[number]

/** `weir get [NAME…]`: what the control plane has, one line each, or whole. */
export async function getFromPlane(
  names: readonly string[],
  { client, namespace, given, around }: PlaneWork,
): Promise<ExitCode> {
  const output = outputOf(given)
  if (output === undefined) {
    around.stderr.write(`weir get: -o takes ${getOutputs.join(', ')}, not ${String(given.options['output'])}\n`)
    return exitCodes.invalid
  }
  const wantsTable = output === 'table' || output === 'wide'
  const collection = given.options['allNamespaces'] === true ? `/apis/${group}/streamapps` : streamAppPath(namespace)
  const paths = names.length === 0 ? [collection] : names.map((name) => streamAppPath(namespace, name))
  const bodies: unknown[] = []
  for (const path of paths) {
    const reply = await client.ask({ method: 'GET', path, ...(wantsTable ? { accept: asTable } : {}) }, around.signal)
    if (!reply.ok) return sayPlaneFailure('weir get', reply.error, around)
    bodies.push(reply.value.body)
  }
  const text = wantsTable ? tableText(bodies, output === 'wide') : documentText(bodies, output)
  if (text === '') around.stderr.write(`no StreamApps in namespace ${namespace}\n`)
  around.stdout.write(text)
  return exitCodes.ok
}

function outputOf({ options }: Given): Output | undefined {
  const output = options['output'] === 'text' ? 'table' : String(options['output'])
  return getOutputs.find((known) => known === output)
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
  readonly rows: readonly { readonly cells: readonly unknown[] }[]
}

/** The server renders cells; the columns of priority 0 are for everybody, the others for `-o wide`. */
function tableText(bodies: readonly unknown[], isWide: boolean): string {
  const tables = bodies.filter(isTable)
  const [first] = tables
  const rows = tables.flatMap((table) => table.rows)
  if (first === undefined || rows.length === 0) return ''
  const shown = first.columnDefinitions.map(({ priority }) => isWide || priority === 0)
  const pick = (cells: readonly unknown[]): readonly string[] =>
    cells.filter((_, column) => shown[column] === true).map((cell) => wordOf(cell, '<none>'))
  const heading = pick(first.columnDefinitions.map(({ name }) => name.toUpperCase()))
  return renderTable([heading, ...rows.map(({ cells }) => pick(cells))])
}

function isTable(body: unknown): body is Table {
  return typeof body === 'object' && body !== null && 'columnDefinitions' in body && 'rows' in body
}

/** One object as it is, several as a list of them; without managedFields, which no person reads (kubectl hides them, too). */
function documentText(replies: readonly unknown[], output: 'json' | 'yaml' | 'name'): string {
  const bodies = replies.map(withoutManagedFields)
  const objects = bodies.flatMap(itemsOf)
  if (output === 'name') return objects.map((object) => `streamapp/${nameOf(object)}\n`).join('')
  const [only] = bodies
  const whole = bodies.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: objects }
  return output === 'json' ? `${JSON.stringify(whole, undefined, 2)}\n` : dump(whole, { lineWidth: -1 })
}

function withoutManagedFields(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'managedFields' ? undefined : value)))
}

function itemsOf(body: unknown): readonly unknown[] {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items) ? body.items : [body]
}

function nameOf(object: unknown): string {
  const { metadata }: { metadata?: unknown } = typeof object === 'object' && object !== null ? { ...object } : {}
  const { name }: { name?: unknown } = typeof metadata === 'object' && metadata !== null ? { ...metadata } : {}
  return String(name)
}
