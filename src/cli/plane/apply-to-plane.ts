import { exitCodes, type ExitCode } from '../exit-code.ts'
import { appsDeclared, declaredTitle, declareObject, keptObject, type DeclaredObject } from './declared-object.ts'
import { viewOf } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { waitOnPlane } from './wait-on-plane.ts'

/** `weir apply`: declares each object by server-side apply, as kubectl does; the controller does the rest. */
export async function applyToPlane(declared: readonly DeclaredObject[], work: PlaneWork): Promise<ExitCode> {
  if (declared.length === 0) {
    work.around.stderr.write(
      'weir apply: name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in\n',
    )
    return exitCodes.invalid
  }
  for (const object of declared) {
    const code = await applyOne(object, work)
    if (code !== exitCodes.ok) return code
  }
  if (work.given.options['wait'] !== true) return exitCodes.ok
  return waitOnPlane(appsDeclared(declared), { type: 'Ready', status: 'True' }, work)
}

async function applyOne(declared: DeclaredObject, work: PlaneWork): Promise<ExitCode> {
  const { given, around } = work
  const title = declaredTitle(declared)
  const before = await keptObject(declared, work)
  if (!before.ok) return sayPlaneFailure(title, before.error, around)
  const isDry = given.options['dryRun'] === true
  const reply = await declareObject(declared, { isForced: given.options['forceConflicts'] === true, isDry }, work)
  if (!reply.ok) return sayPlaneFailure(title, reply.error, around)
  around.stdout.write(`${title} ${deed(before.value, reply.value.body)}${isDry ? ' (dry run)' : ''}\n`)
  return exitCodes.ok
}

/** kubectl's words. */
function deed(before: unknown, after: unknown): string {
  if (before === undefined) return 'created'
  return viewOf(before).resourceVersion === viewOf(after).resourceVersion ? 'unchanged' : 'configured'
}
