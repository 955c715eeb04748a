import { exitCodes, type ExitCode } from '../exit-code.ts'
import { objectOf, type PlaneAsked } from './declared-object.ts'
import type { PlaneWork } from './plane-command.ts'
import { typedObjects } from './plane-kind.ts'
import { objectPath, objectTitle, type PlaneObject } from './plane-object.ts'
import { sayObjectFailure } from './say-object-failure.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { waitOnPlane } from './wait-on-plane.ts'

/** Where the controller looks for a person's agreement to a loss of records. */
const confirmAnnotation = 'streams.weirkeeper.dev/confirm'

/** `weir delete [KIND] NAME…`, `-f FILE`: StreamApps are marked to go, and waited for until the controller has let go of each. */
export async function deleteFromPlane({ words, declared }: PlaneAsked, work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, given, around } = work
  const typed = await typedObjects(words, client, around.signal)
  if (!typed.ok) return sayPlaneFailure('weir delete', typed.error, around)
  const named = typed.value.flatMap(({ kind, names }) => names.map((name) => ({ kind, namespace, name })))
  const objects = [...named, ...declared.map(objectOf)]
  if (objects.length === 0) {
    around.stderr.write('weir delete: name a StreamApp, or its manifest with -f\n')
    return exitCodes.invalid
  }
  const isDry = given.options['dryRun'] === true
  for (const object of objects) {
    const code = await deleteOne(object, isDry, work)
    if (code !== exitCodes.ok) return code
  }
  const awaited = objects.filter(({ kind }) => kind.kind === 'StreamApp')
  return isDry || given.options['wait'] === false ? exitCodes.ok : waitOnPlane(awaited, 'gone', work)
}

/** A StreamApp goes when the controller has tidied up, everything else at once. */
async function deleteOne(object: PlaneObject, isDry: boolean, work: PlaneWork): Promise<ExitCode> {
  const { client, around } = work
  const [path, title] = [objectPath(object), objectTitle(object)]
  const isApp = object.kind.kind === 'StreamApp'
  const confirmed = work.given.options['confirm']
  if (isApp && !isDry && typeof confirmed === 'string') {
    const body = { metadata: { annotations: { [confirmAnnotation]: confirmed } } }
    const contentType = 'application/merge-patch+json'
    const agreed = await client.ask({ method: 'PATCH', path, body, contentType }, around.signal)
    if (!agreed.ok) return sayObjectFailure(object, agreed.error, work)
  }
  const query = isDry ? { query: { dryRun: 'All' } } : {}
  const reply = await client.ask({ method: 'DELETE', path, ...query }, around.signal)
  if (!reply.ok) return sayObjectFailure(object, reply.error, work)
  if (isDry) around.stdout.write(`${title} deleted (dry run)\n`)
  else if (isApp) around.stderr.write(`${title} is being deleted\n`)
  else around.stdout.write(`${title} deleted\n`)
  return exitCodes.ok
}
