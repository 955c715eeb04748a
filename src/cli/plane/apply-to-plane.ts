import type { StreamApp } from '../../resource/stream-app.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { viewOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'
import { waitOnPlane } from './wait-on-plane.ts'

/** Who owns the fields that `weir apply` declares. */
const fieldManager = 'weir'

/** `weir apply`: declares each StreamApp by server-side apply, as kubectl does; the controller does the rest. */
export async function applyToPlane(apps: readonly StreamApp[], work: PlaneWork): Promise<ExitCode> {
  if (apps.length === 0) {
    work.around.stderr.write(
      'weir apply: name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in\n',
    )
    return exitCodes.invalid
  }
  for (const app of apps) {
    const code = await applyOne(app, work)
    if (code !== exitCodes.ok) return code
  }
  if (work.given.options['wait'] !== true) return exitCodes.ok
  return waitOnPlane(
    apps.map(({ metadata }) => metadata.name),
    { type: 'Ready', status: 'True' },
    work,
  )
}

async function applyOne(app: StreamApp, { client, given, around }: PlaneWork): Promise<ExitCode> {
  const { namespace, name } = app.metadata
  const title = `streamapp/${name}`
  const path = streamAppPath(namespace, name)
  const before = await client.ask({ method: 'GET', path }, around.signal)
  if (!before.ok && !(before.error.kind === 'refused' && before.error.code === 404)) {
    return sayPlaneFailure(title, before.error, around)
  }
  const query = {
    fieldManager,
    fieldValidation: 'Strict',
    force: String(given.options['forceConflicts'] === true),
    ...(given.options['dryRun'] === true ? { dryRun: 'All' } : {}),
  }
  const body = { apiVersion: app.apiVersion, kind: app.kind, metadata: app.metadata, spec: app.spec }
  const contentType = 'application/apply-patch+yaml'
  const reply = await client.ask({ method: 'PATCH', path, query, body, contentType }, around.signal)
  if (!reply.ok) return sayPlaneFailure(title, reply.error, around)
  around.stdout.write(
    `${title} ${deed(before.ok ? before.value.body : undefined, reply.value.body)}${given.options['dryRun'] === true ? ' (dry run)' : ''}\n`,
  )
  return exitCodes.ok
}

/** kubectl's words. */
function deed(before: unknown, after: unknown): string {
  if (before === undefined) return 'created'
  return viewOf(before).resourceVersion === viewOf(after).resourceVersion ? 'unchanged' : 'configured'
}
