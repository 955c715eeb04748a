import type { Clock } from '../../base/clock.ts'
import { parseDuration } from '../../base/duration.ts'
import type { Git, GitTree } from '../../git/git.ts'
import type { ControlRecord } from '../../record/record.ts'
import type { GitSource } from '../../resource/git-source.ts'
import type { Verdict } from '../keep/work.ts'
import type { Term } from '../lead/lead.ts'
import type { KeptGitSource } from './kept-git-source.ts'
import type { CommitReading } from './read-commit.ts'

export interface GitSourceSurroundings {
  readonly record: Pick<ControlRecord, 'get' | 'list' | 'write' | 'tell'>
  readonly git: Git
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly chance: () => number
  readonly newUid: () => string
  /** A tree that comes again, poll after poll, is read once. */
  readonly readings: WeakMap<GitTree, CommitReading>
  /** One line per decision. */
  readonly say: (object: string, decision: string, fields: object) => void
}

/** One pass over one GitSource: what every step of it needs. */
export interface Pass {
  readonly kept: KeptGitSource
  readonly around: GitSourceSurroundings
  readonly term: Term
}

export type Spec = GitSource['spec']

/** By then the branch is looked at again; not all at the same moment. */
export function later({ interval }: Spec, { chance }: GitSourceSurroundings): Verdict {
  const ms = parseDuration(interval)
  return { kind: 'settled', againAfterMs: Math.round((ms.ok ? ms.value : 60_000) * (0.9 + 0.2 * chance())) }
}

/** Somebody wrote meanwhile, or leads: nothing is lost. */
export const lookAgain: Verdict = { kind: 'settled', againAfterMs: 1_000 }

export function nameOf({ key }: KeptGitSource): string {
  return `${key.namespace}/${key.name}`
}
