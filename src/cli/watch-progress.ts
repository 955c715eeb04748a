import type { Progress } from '../controller/apply/apply-plan.ts'
import { changeLine } from '../controller/plan/describe-change.ts'
import { palette, type Around } from './terminal.ts'

/** Progress on stderr: one plain line for each change, and each time that what is waited for changes. */
export function watchProgress({ stderr }: Around): (progress: Progress) => void {
  const paint = palette(stderr)
  return (progress) => {
    if (progress.kind === 'applying') stderr.write(`${paint.cyan('►')} ${changeLine(progress.change)}\n`)
    else stderr.write(`${paint.dim(`◎ waiting for ${progress.waitingFor.join(', ')}`)}\n`)
  }
}
