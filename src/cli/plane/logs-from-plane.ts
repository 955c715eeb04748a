import { fieldsOf } from '../../base/fields-of.ts'
import { didYouMean } from '../../resource/did-you-mean.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { worst } from '../say-failure.ts'
import { palette } from '../terminal.ts'
import { listOf, textOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import type { NamedApp } from './plane-object.ts'
import { sayAppFailure } from './say-object-failure.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'

/** `weir logs NAME…`: of the pods that the control plane shows dynos as, each line after its dyno's name. */
export async function logsFromPlane(apps: readonly NamedApp[], work: PlaneWork): Promise<ExitCode> {
  const { around } = work
  if (apps.length === 0) {
    around.stderr.write('weir logs: name a StreamApp: weir logs word-count\n')
    return exitCodes.invalid
  }
  const codes: ExitCode[] = []
  for (const app of apps) codes.push(await tellLogs(app, work))
  return worst(codes)
}

async function tellLogs(app: NamedApp, work: PlaneWork): Promise<ExitCode> {
  const { client, given, around } = work
  const { namespace, name } = app
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const query = { labelSelector: `streams.weirkeeper.dev/streamapp=${name}` }
  const pods = await client.ask({ method: 'GET', path, query }, around.signal)
  if (!pods.ok) return sayPlaneFailure(`streamapp/${name}`, pods.error, around)
  const found = listOf(fieldsOf(pods.value.body)['items']).map((pod) =>
    textOf(fieldsOf(fieldsOf(pod)['metadata'])['name']),
  )
  const { dyno } = given.options
  const asked = found.filter((pod) => typeof dyno !== 'string' || pod === `${name}.${dyno}`)
  if (asked.length === 0) return sayNoDyno(app, found, work)
  const told = asked.map((pod) => tellPodLog(`${path}/${encodeURIComponent(pod)}/log`, pod, work))
  return worst(await Promise.all(told))
}

/** No such StreamApp and no such dyno are mistakes; that none of its dynos runs is what there is to say. */
async function sayNoDyno(app: NamedApp, found: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, around, given } = work
  const kept = await client.ask({ method: 'GET', path: streamAppPath(app) }, around.signal)
  if (!kept.ok) return sayAppFailure(app, kept.error, work)
  if (found.length === 0) {
    around.stderr.write(`streamapp/${app.name}: no dyno of it runs now. See weir describe ${app.name}
`)
    return exitCodes.ok
  }
  const dynos = found.map((pod) => pod.slice(app.name.length + 1))
  around.stderr.write(
    `streamapp/${app.name} has no dyno ${String(given.options['dyno'])} now; ${didYouMean(String(given.options['dyno']), dynos)}
`,
  )
  return exitCodes.invalid
}

async function tellPodLog(path: string, pod: string, { client, given, around }: PlaneWork): Promise<ExitCode> {
  const { follow, lines } = given.options
  const query = { tailLines: String(lines), timestamps: 'true', ...(follow === true ? { follow: 'true' } : {}) }
  const head = palette(around.stdout).dim(`${pod.split('.').slice(-2).join('.')}:`)
  const onLine = (line: string): void => around.stdout.write(`${head} ${line}\n`)
  const ended = await client.lines({ method: 'GET', path, query, accept: 'text/plain' }, onLine, around.signal)
  return ended.ok ? exitCodes.ok : sayPlaneFailure(`pod/${pod}`, ended.error, around)
}
