import type { Clock } from '../../base/clock.ts'
import type { ControlRecord, Retention } from '../../record/record.ts'

/** Rows go in small portions, so that none of the looks has much to do. */
const everyMs = 600_000

export interface ForgetSurroundings {
  readonly record: Pick<ControlRecord, 'forget'>
  readonly clock: Clock
  readonly say: (what: 'record-unreachable', fields: object) => void
}

/** Lets the record forget what is too old to be asked for, until the signal fires: or it would grow for as long as it is used. */
export async function forgetOld(
  retention: Retention,
  { record, clock, say }: ForgetSurroundings,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(everyMs, signal)
    if (signal.aborted) return
    await forgetAll(retention, { record, say }, signal)
  }
}

async function forgetAll(
  retention: Retention,
  { record, say }: Pick<ForgetSurroundings, 'record' | 'say'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    let isMore = true
    while (isMore && !signal.aborted) isMore = await record.forget(retention)
  } catch (error) {
    say('record-unreachable', { error }) // what stays is found the next time
  }
}
