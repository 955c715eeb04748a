import type { Condition } from '../status/status.ts'

/** What became of one generation of an object. Flux keeps the like as `status.history`. */
export type Revision = {
  readonly generation: number
  /** When a pass first saw it: ISO 8601, UTC. */
  readonly seenAt: string
  /** When everything was seen to be as it asks; left out until then. */
  readonly levelAt?: string
  /** The reason of Ready at its last pass before it was level, `Converged` from then on. */
  readonly outcome: string
  /** Writes to the world that brought it about. */
  readonly changes: number
  /** Writes since then that put back what somebody else had changed. */
  readonly healed: number
}

/** A person looks back a few declarations, not years: Git has those. */
const remembered = 5

export interface PassOver {
  readonly generation: number
  readonly nowMs: number
  readonly conditions: readonly Condition[]
  /** How many changes this pass made. */
  readonly done: number
}

/** The revisions after a pass, newest first. A pass that tells nothing new leaves them as they are. */
export function rememberRevision(revisions: readonly Revision[], pass: PassOver): readonly Revision[] {
  const [newest] = revisions
  if (newest?.generation === pass.generation) {
    const now = after(newest, pass)
    return isSame(now, newest) ? revisions : [now, ...revisions.slice(1)]
  }
  const seenAt = new Date(pass.nowMs).toISOString()
  const seen = { generation: pass.generation, seenAt, outcome: 'ChangesPending', changes: 0, healed: 0 }
  return [after(seen, pass), ...revisions].slice(0, remembered)
}

function after(revision: Revision, { conditions, done, nowMs }: PassOver): Revision {
  if (revision.levelAt !== undefined) return { ...revision, healed: revision.healed + done }
  const ready = conditions.find(({ type }) => type === 'Ready')
  const changes = revision.changes + done
  if (ready?.status !== 'True') return { ...revision, outcome: ready?.reason ?? revision.outcome, changes }
  return { ...revision, outcome: ready.reason, changes, levelAt: new Date(nowMs).toISOString() }
}

function isSame(one: Revision, other: Revision): boolean {
  const { levelAt, outcome, changes, healed } = one
  return levelAt === other.levelAt && outcome === other.outcome && changes === other.changes && healed === other.healed
}
