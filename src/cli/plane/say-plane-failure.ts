import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Around } from '../terminal.ts'
import type { PlaneFailure } from './plane-client.ts'

const advice: Readonly<Record<number, string>> = {
  401: 'The token in the kubeconfig is not known there, or no longer',
  403: 'Ask for a role that may: view, edit or admin in that namespace',
  409: 'Somebody changed it meanwhile, or owns the field; look again (weir describe), then repeat with --force-conflicts if it should be yours',
}

/** Says what the control plane answered, or that it did not, and gives the exit code of its kind. */
export function sayPlaneFailure(title: string, failure: PlaneFailure, { stderr }: Pick<Around, 'stderr'>): ExitCode {
  if (failure.kind === 'unreachable') {
    stderr.write(`${title}: cannot reach the control plane: ${failure.reason}. Check the server in the kubeconfig\n`)
    return exitCodes.unreachable
  }
  const more = advice[failure.code]
  stderr.write(`${title}: ${failure.message}${more === undefined ? '' : `. ${more}`}\n`)
  return codeOf(failure.code)
}

function codeOf(code: number): ExitCode {
  if (code === 401 || code === 403 || code === 429 || code >= 500)
    return code === 504 ? exitCodes.timedOut : exitCodes.unreachable
  return code === 409 ? exitCodes.conflict : exitCodes.invalid
}
