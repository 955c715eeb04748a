import type { EngineWork } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { lookAtGroup, type GroupLook } from './look-at-group.ts'
import { lookAt, type Look } from './look.ts'
import { sayBlindness, titleOf } from './say-failure.ts'

export interface SeenLook {
  readonly look: Look
  readonly group: GroupLook
}

/** Every StreamApp with its group; what could not be seen is said on stderr. */
export async function lookAll(
  work: EngineWork,
): Promise<{ readonly looks: readonly SeenLook[]; readonly codes: readonly ExitCode[] }> {
  const codes: ExitCode[] = []
  const looks: SeenLook[] = []
  for (const app of work.apps) {
    const look = await lookAt(app, work)
    if (!look.ok) {
      codes.push(sayBlindness(titleOf(app), look.error, work.around))
      continue
    }
    const group = await lookAtGroup(look.value, work.around.signal)
    if (group.kind === 'unknown') {
      work.around.stderr.write(`${titleOf(app)}: lag is unknown: ${group.why}\n`)
      codes.push(exitCodes.unreachable)
    }
    looks.push({ look: look.value, group })
  }
  return { looks, codes }
}
