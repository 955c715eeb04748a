import type { StreamApp } from '../../resource/stream-app.ts'
import type { Verdict } from './work.ts'

/** Until when a suspension lasts, ISO 8601; without it, until somebody resumes. `weir suspend --for` writes it. */
export const suspendUntilAnnotation = 'streams.weirkeeper.dev/suspend-until'

type Annotations = Readonly<Record<string, string>> | undefined

/** The StreamApp as it is to be kept now: a suspension whose time is over is none. */
export function resumedWhenOver(app: StreamApp, annotations: Annotations, nowMs: number): StreamApp {
  const untilMs = endOf(annotations)
  if (!app.spec.suspend || untilMs === undefined || nowMs < untilMs) return app
  return { ...app, spec: { ...app.spec, suspend: false } }
}

/** Looks again when the suspension ends, if that is before the next look. */
export function lookWhenOver(verdict: Verdict, app: StreamApp, annotations: Annotations, nowMs: number): Verdict {
  const untilMs = endOf(annotations)
  if (!app.spec.suspend || untilMs === undefined || verdict.kind !== 'settled') return verdict
  return { kind: 'settled', againAfterMs: Math.min(verdict.againAfterMs ?? Infinity, Math.max(0, untilMs - nowMs)) }
}

/** A time that cannot be read ends nothing: what a person stopped stays stopped. */
function endOf(annotations: Annotations): number | undefined {
  const untilMs = Date.parse(annotations?.[suspendUntilAnnotation] ?? '')
  return Number.isNaN(untilMs) ? undefined : untilMs
}
