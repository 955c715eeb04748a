import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { PlaneWork } from './plane-command.ts'
import { kindPath, typedObjects, type PlaneKind } from './plane-kind.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'
import { waitOnPlane } from './wait-on-plane.ts'

/** Where the controller looks for a person's agreement to a loss of records. */
const confirmAnnotation = 'streams.weirkeeper.dev/confirm'

/** `weir delete [KIND] NAME…`: StreamApps are marked to go, and waited for until the controller has let go of each. */
export async function deleteFromPlane(words: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, around } = work
  const typed = await typedObjects(words, client, around.signal)
  if (!typed.ok) return sayPlaneFailure('weir delete', typed.error, around)
  const { kind, names } = typed.value
  if (names.length === 0) {
    around.stderr.write('weir delete: name a StreamApp, or its manifest with -f\n')
    return exitCodes.invalid
  }
  return kind.kind === 'StreamApp' ? deleteStreamApps(names, work) : deleteObjects(kind, names, work)
}

async function deleteObjects(kind: PlaneKind, names: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, around } = work
  for (const name of names) {
    const title = `${kind.singular}/${name}`
    const reply = await client.ask({ method: 'DELETE', path: kindPath(kind, namespace, name) }, around.signal)
    if (!reply.ok) return sayPlaneFailure(title, reply.error, around)
    around.stdout.write(`${title} deleted\n`)
  }
  return exitCodes.ok
}

async function deleteStreamApps(names: readonly string[], work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, given, around } = work
  const confirmed = given.options['confirm']
  for (const name of names) {
    const path = streamAppPath(namespace, name)
    if (typeof confirmed === 'string') {
      const body = { metadata: { annotations: { [confirmAnnotation]: confirmed } } }
      const agreed = await client.ask(
        { method: 'PATCH', path, body, contentType: 'application/merge-patch+json' },
        around.signal,
      )
      if (!agreed.ok) return sayPlaneFailure(`streamapp/${name}`, agreed.error, around)
    }
    const reply = await client.ask({ method: 'DELETE', path }, around.signal)
    if (!reply.ok) return sayPlaneFailure(`streamapp/${name}`, reply.error, around)
    around.stderr.write(`streamapp/${name} is being deleted\n`)
  }
  return given.options['wait'] === false ? exitCodes.ok : waitOnPlane(names, 'gone', work)
}
