import type { Clock } from '../base/clock.ts'
import type { ExitCode } from './exit-code.ts'
import { exitCodes } from './exit-code.ts'
import type { Around } from './terminal.ts'

export interface Shown {
  readonly code: ExitCode
  readonly text: string
}

const everyMs = 2_000
/** ECMA-48: the cursor goes home, and what is below it is erased. */
const home = '\u001B[H\u001B[J'

/**
 * Shows a look once or, with `isWatched`, again every two seconds until Ctrl-C:
 * on a terminal in the same place, elsewhere one under the other.
 */
export async function showLook(
  look: () => Promise<Shown>,
  isWatched: boolean,
  { around, clock }: { readonly around: Around; readonly clock: Clock },
): Promise<ExitCode> {
  for (;;) {
    const { code, text } = await look()
    around.stdout.write(isWatched && around.stdout.isTty ? `${home}${text}` : text)
    if (!isWatched) return code
    await clock.sleep(everyMs, around.signal)
    if (around.signal.aborted) return exitCodes.ok
    if (!around.stdout.isTty) around.stdout.write('\n')
  }
}
