import { backoffMs } from '../../base/backoff.ts'
import type { Change } from '../plan/change.ts'
import type { Awaited, Plan } from '../plan/plan.ts'
import { applyAll, type ApplySurroundings } from './apply-plan.ts'
import type { Outcome } from './outcome.ts'

/** Takes away what a deletion plan names: the workers first, and nothing under them while one still runs. */
export async function applyDeletion(plan: Plan, around: ApplySurroundings, signal: AbortSignal): Promise<Outcome> {
  const app = await applyAll(plan.changes.filter(isAboutApp), around, signal)
  if (app.kind !== 'done') return app
  const under = plan.changes.filter((change) => !isAboutApp(change))
  if (under.length === 0) return app
  const stopped = await untilStopped(plan.awaited.stopped, app.done, around, signal)
  if (stopped.kind !== 'done') return stopped
  const cluster = await applyAll(under, around, signal)
  return { ...cluster, done: [...app.done, ...cluster.done] }
}

function isAboutApp({ kind }: Change): boolean {
  return kind === 'scale' || kind === 'set-config-vars'
}

/** A dyno has 30 seconds to stop, and until then it reads and writes its topics. */
async function untilStopped(
  awaited: Awaited['stopped'],
  done: readonly Change[],
  { platform, clock, patience, report }: ApplySurroundings,
  signal: AbortSignal,
): Promise<Outcome> {
  if (awaited === undefined) return { kind: 'done', done }
  const { app, types } = awaited
  const untilMs = clock.now() + patience.withinMs
  for (let said = '', look = 1; ; look += 1) {
    signal.throwIfAborted()
    const dynos = await platform.dynos(app, signal)
    if (!dynos.ok) return { kind: 'failed', done, failure: dynos.error }
    const running = dynos.value.filter(
      (dyno) => types.includes(dyno.type) && dyno.state !== 'down' && dyno.state !== 'crashed',
    )
    const waitingFor = running.map(({ name }) => `dyno ${name} to stop`)
    if (running.length === 0) return { kind: 'done', done }
    if (clock.now() >= untilMs) return { kind: 'timed-out', done, waitingFor, waitedMs: patience.withinMs }
    if (waitingFor.join() !== said) report({ kind: 'waiting', waitingFor })
    said = waitingFor.join()
    await clock.sleep(backoffMs(patience, look, 1), signal)
  }
}
