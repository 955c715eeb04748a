import { fieldsOf } from '../../base/fields-of.ts'
import { unreachable } from '../../base/unreachable.ts'
import { systemClock } from '../../host/system-clock.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { fillJsonPath } from '../output/fill-json-path.ts'
import { showsCells, type DocumentFormat, type OutputFormat } from '../output/output-format.ts'
import { typedName, withoutManagedFields } from '../output/print-objects.ts'
import { renderTable } from '../render-table.ts'
import { textOf } from './kept-view.ts'
import type { PlaneFailure } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { asTable, rowsOf, type Columns, type TableLook } from './plane-table.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'

export interface Watched {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** The version that was shown; what comes after it is told. */
  readonly resourceVersion: string
  readonly format: OutputFormat
  readonly look: TableLook
  readonly columns: Columns
  /** How wide the columns are that were printed already. */
  readonly widths: readonly number[]
}

const againAfterMs = 1_000

/**
 * `weir get --watch`: a line for each change, until Ctrl-C. A watch that the
 * server ends (each does, in time) goes on where it was; what is too long ago (410) is an error that says so.
 */
export async function watchPlane(watched: Watched, work: PlaneWork): Promise<ExitCode> {
  const { around } = work
  const heard: Heard = { version: watched.resourceVersion, refusal: undefined }
  for (;;) {
    const failed = await hearAll(watched, heard, work)
    if (around.signal.aborted) return exitCodes.ok
    if (failed !== undefined) return sayPlaneFailure('weir get', failed, around)
    if (heard.refusal !== undefined) {
      around.stderr.write(`weir get: the watch ended: ${heard.refusal}. Ask again\n`)
      return exitCodes.unreachable
    }
    await systemClock.sleep(againAfterMs, around.signal)
  }
}

interface Heard {
  version: string
  refusal: string | undefined
}

/** One watch, until the server or Ctrl-C ends it. */
async function hearAll(
  watched: Watched,
  heard: Heard,
  { client, around }: PlaneWork,
): Promise<PlaneFailure | undefined> {
  const hear = (event: unknown): void => {
    const { type, object } = fieldsOf(event)
    if (type === 'ERROR') {
      heard.refusal = textOf(fieldsOf(object)['message'])
      return
    }
    heard.version = versionOf(object) || heard.version
    if (type !== 'BOOKMARK') around.stdout.write(eventText(object, watched))
  }
  const query = { ...watched.query, watch: 'true', allowWatchBookmarks: 'true', resourceVersion: heard.version }
  const accept = showsCells(watched.format) ? { accept: asTable } : {}
  try {
    const ended = await client.watch({ method: 'GET', path: watched.path, query, ...accept }, hear, around.signal)
    return ended.ok ? undefined : ended.error
  } catch (cause) {
    if (!around.signal.aborted) throw cause
    return undefined
  }
}

/** A row of a Table carries the object's metadata. */
function versionOf(object: unknown): string {
  const { metadata, rows } = fieldsOf(object)
  const [row] = Array.isArray(rows) ? rows : []
  const inner = fieldsOf(fieldsOf(fieldsOf(row)['object'])['metadata'])['resourceVersion']
  return textOf(inner) || textOf(fieldsOf(metadata)['resourceVersion'])
}

function eventText(object: unknown, { format, look, columns, widths }: Watched): string {
  if (showsCells(format)) return renderTable(rowsOf([object], columns, look), '', widths)
  return watchedObject(object, format)
}

/** One object of a watch. JSON and YAML stand on a line of their own, `---` before the latter. */
export function watchedObject(object: unknown, format: DocumentFormat): string {
  switch (format.kind) {
    case 'name':
      return `${typedName(object)}\n`
    case 'jsonpath':
      return fillJsonPath(format.template, object)
    case 'json':
      return `${JSON.stringify(withoutManagedFields(object))}\n`
    case 'yaml':
      return `--- ${JSON.stringify(withoutManagedFields(object))}\n`
    default:
      return unreachable(format)
  }
}
