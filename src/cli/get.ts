import { engineCommand } from './engine-command.ts'
import { outputFormat, showsCells, type OutputFormat } from './output/output-format.ts'
import { printObjects } from './output/print-objects.ts'
import { exitCodes } from './exit-code.ts'
import { lookAll, type SeenLook } from './look-all.ts'
import { lookJson } from './render-describe.ts'
import { renderTable } from './render-table.ts'
import { worst } from './say-failure.ts'
import { getFromPlane } from './plane/get-from-plane.ts'

/** `weir get`: one line for each StreamApp. */
export const get = engineCommand({
  name: 'get',
  example: 'weir get -f manifests/word-count.yaml --direct',
  output: 'objects',
  names: ['[kind-and-names...]', 'of the control plane: names of StreamApps, or a kind and names of it'],
  options: (command) =>
    command
      .option('-A, --all-namespaces', 'of the control plane, those of every namespace')
      .option('-l, --selector <query>', 'of the control plane: only those with these labels, app=words')
      .option('-w, --watch', 'of the control plane: go on, a line for each change'),
  plane: getFromPlane,
  run: async (work) => {
    const format = outputFormat(work.given)
    if (!format.ok || work.given.options['watch'] === true) {
      const wrong = format.ok ? '--watch needs a control plane: leave --direct out' : format.error
      work.around.stderr.write(`weir get: ${wrong}\n`)
      return exitCodes.invalid
    }
    const { looks, codes } = await lookAll(work)
    const { stdout } = work.around
    // A command that fails leaves stdout empty.
    if (looks.length > 0) stdout.write(looksText(looks, format.value))
    return worst(codes)
  },
})

function looksText(looks: readonly SeenLook[], format: OutputFormat): string {
  if (format.kind === 'json') return `${JSON.stringify(looks.map(jsonOf), undefined, 2)}\n`
  if (showsCells(format)) {
    const isWide = format.kind === 'wide'
    const rows = looks.map((seen) => [...row(seen), ...(isWide ? wideRow(seen) : [])])
    return renderTable([isWide ? [...heading, ...wideHeading] : heading, ...rows])
  }
  return printObjects(looks.map(objectOf), format)
}

const jsonOf = ({ look, group }: SeenLook): unknown => lookJson(look, group)

/** The look in the shape of an object of the API, so that one jsonpath serves with a control plane and without. */
function objectOf({ look }: SeenLook): object {
  const { apiVersion, kind, metadata, spec } = look.app
  return { apiVersion, kind, metadata, spec, status: look.status }
}

const heading = ['NAME', 'READY', 'STATUS', 'DYNOS', 'TASKS', 'LAG', 'APP']

const wideHeading = ['APPLICATION-ID', 'THREADS', 'MESSAGE']

function wideRow({ look: { app, status } }: SeenLook): readonly string[] {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  return [status.applicationId ?? 'unknown', String(app.spec.streams.threads), ready?.message ?? '']
}

function row({ look: { app, status }, group }: SeenLook): readonly string[] {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const { running, desired } = status.dynos
  return [
    app.metadata.name,
    ready?.status ?? 'Unknown',
    ready?.reason ?? 'Unknown',
    `${running === 'unknown' ? '?' : running}/${desired}`,
    String(status.tasks ?? 'unknown'),
    group.kind === 'seen' ? String(group.lag) : 'unknown',
    app.spec.app,
  ]
}
