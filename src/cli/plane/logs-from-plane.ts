import { exitCodes, type ExitCode } from '../exit-code.ts'
import { worst } from '../say-failure.ts'
import { palette } from '../terminal.ts'
import { fieldsOf, listOf, textOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'

/** `weir logs NAME…`: of the pods that the control plane shows dynos as, each line after its dyno's name. */
export async function logsFromPlane(names: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, given, around } = work
  if (names.length === 0) {
    around.stderr.write('weir logs: name a StreamApp: weir logs word-count\n')
    return exitCodes.invalid
  }
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const codes: ExitCode[] = []
  for (const name of names) {
    const query = { labelSelector: `streams.weirkeeper.dev/streamapp=${name}` }
    const pods = await client.ask({ method: 'GET', path, query }, around.signal)
    if (!pods.ok) return sayPlaneFailure(`streamapp/${name}`, pods.error, around)
    const found = listOf(fieldsOf(pods.value.body)['items']).map((pod) =>
      textOf(fieldsOf(fieldsOf(pod)['metadata'])['name']),
    )
    const { dyno } = given.options
    const asked = found.filter((pod) => typeof dyno !== 'string' || pod === `${name}.${dyno}`)
    if (asked.length === 0) around.stderr.write(`streamapp/${name} has no such dyno now\n`)
    codes.push(
      ...(await Promise.all(asked.map((pod) => tellPodLog(`${path}/${encodeURIComponent(pod)}/log`, pod, work)))),
    )
  }
  return worst(codes)
}

async function tellPodLog(path: string, pod: string, { client, given, around }: PlaneWork): Promise<ExitCode> {
  const { follow, lines } = given.options
  const query = { tailLines: String(lines), timestamps: 'true', ...(follow === true ? { follow: 'true' } : {}) }
  const head = palette(around.stdout).dim(`${pod.split('.').slice(-2).join('.')}:`)
  const onLine = (line: string): void => around.stdout.write(`${head} ${line}\n`)
  const ended = await client.lines({ method: 'GET', path, query, accept: 'text/plain' }, onLine, around.signal)
  return ended.ok ? exitCodes.ok : sayPlaneFailure(`pod/${pod}`, ended.error, around)
}
