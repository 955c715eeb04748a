import { fieldsOf } from '../../base/fields-of.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { parseManifests } from '../../resource/parse-manifests.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listOf, viewOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import type { NamedApp } from './plane-object.ts'
import { sayAppFailure } from './say-object-failure.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { appsTyped, streamAppPath } from './stream-app-path.ts'

/** Those that were typed; all of the namespace, where none was. */
export async function appsTypedOrAll(
  words: readonly string[],
  { client, namespace, around }: PlaneWork,
): Promise<Result<readonly NamedApp[], ExitCode>> {
  if (words.length > 0) return ok(appsTyped(words, namespace))
  const reply = await client.ask({ method: 'GET', path: streamAppPath({ namespace }) }, around.signal)
  if (!reply.ok) return fail(sayPlaneFailure('weir', reply.error, around))
  const apps = listOf(fieldsOf(reply.value.body)['items']).map((item) => ({ namespace, name: viewOf(item).name }))
  if (apps.length === 0) around.stderr.write(`no StreamApps in namespace ${namespace}\n`)
  return ok(apps)
}

/** StreamApps as the control plane keeps them, for what this machine works out of them. */
export async function appsOfPlane(
  named: readonly NamedApp[],
  work: PlaneWork,
): Promise<Result<readonly StreamApp[], ExitCode>> {
  const apps: StreamApp[] = []
  const { client, around } = work
  for (const one of named) {
    const { namespace, name } = one
    const reply = await client.ask({ method: 'GET', path: streamAppPath(one) }, around.signal)
    if (!reply.ok) return fail(await sayAppFailure(one, reply.error, work))
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
