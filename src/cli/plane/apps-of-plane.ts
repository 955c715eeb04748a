import { fail, ok, type Result } from '../../base/result.ts'
import { parseManifests } from '../../resource/parse-manifests.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { fieldsOf, viewOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'

/** StreamApps as the control plane keeps them, for what this machine works out of them. */
export async function appsOfPlane(
  names: readonly string[],
  { client, namespace, around }: PlaneWork,
): Promise<Result<readonly StreamApp[], ExitCode>> {
  const apps: StreamApp[] = []
  for (const name of names) {
    const reply = await client.ask({ method: 'GET', path: streamAppPath(namespace, name) }, around.signal)
    if (!reply.ok) return fail(sayPlaneFailure(`streamapp/${name}`, reply.error, around))
    const { apiVersion, kind } = fieldsOf(reply.value.body)
    const { spec } = viewOf(reply.value.body)
    const bytes = new TextEncoder().encode(JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec }))
    const { apps: read, mistakes } = parseManifests([{ name: `streamapp/${name}`, bytes }])
    for (const { path, message } of mistakes) around.stderr.write(`streamapp/${name}: ${path} ${message}\n`)
    if (mistakes.length > 0) return fail(exitCodes.invalid)
    apps.push(...read.map(({ app }) => app))
  }
  return ok(apps)
}
