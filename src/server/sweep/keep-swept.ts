import { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import type { ControlRecord } from '../../record/record.ts'
import type { ObjectsSurroundings } from '../objects/call.ts'
import { sweepOnce } from './sweep.ts'

/** Writes come in crowds: one look answers for all that came within this time. */
const gatherMs = 100
/** Tokens run out without a write. */
const lookAgainMs = 60_000

/** Tidies up after each write that leaves something behind, until the signal fires. */
export async function keepSwept(
  around: ObjectsSurroundings & { readonly record: Pick<ControlRecord, 'onWrite'>; readonly clock: Clock },
  kinds: readonly string[],
  say: (message: string, fields: object) => void,
  signal: AbortSignal,
): Promise<void> {
  const { record, clock } = around
  const bell = new Bell()
  record.onWrite(() => bell.ring(), signal)
  while (!signal.aborted) {
    const heard = bell.wait(lookAgainMs, clock, signal)
    const found = await sweepOnce(around, kinds).catch((error: unknown) => {
      say('sweep-failed', { error: String(error) })
      return false
    })
    if (!found) await heard
    await clock.sleep(gatherMs, signal)
  }
}
