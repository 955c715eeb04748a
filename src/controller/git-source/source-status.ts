import { unreachable } from '../../base/unreachable.ts'
import { describeGitFailure, type GitFailure } from '../../git/failure.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import type { Condition } from '../status/status.ts'
import type { Declared } from './inventory.ts'
import type { SourcePlan, SourceRefusal } from './plan-commit.ts'

/** Why a GitSource is, or is not, ready: in conditions, events and the log. Each has its row in docs/reference/gitsource.md. */
export const sourceReasons = [
  'Applied',
  'Applying',
  'Leaving',
  'Suspended',
  'SpecInvalid',
  'SecretMissing',
  'GitUnreachable',
  'GitUnavailable',
  'GitBusy',
  'GitUnclear',
  'Unauthorised',
  'RepositoryMissing',
  'RepositoryMoved',
  'BranchMissing',
  'PathMissing',
  'TooLarge',
  'ManifestsInvalid',
  'OwnedByOther',
  'PruneUnconfirmed',
] as const
type SourceReason = (typeof sourceReasons)[number]

/** What was found, in the shape that `status` of a GitSource has, beside `observedGeneration`. */
export interface SourceStatus {
  readonly conditions: readonly Condition<SourceReason>[]
  /** The newest commit that was seen. */
  readonly lastCommit?: string
  /** The commit that is declared. */
  readonly appliedCommit?: string
  readonly inventory?: readonly Declared[]
  /** What is wrong with the newest commit, the first of it. */
  readonly mistakes?: readonly Pick<ManifestMistake, 'file' | 'line' | 'column' | 'message' | 'hint'>[]
  /** A removal that waits for somebody's consent. */
  readonly pendingPrune?: { readonly hash: string; readonly names: readonly string[] }
}

type Conditions = SourceStatus['conditions']

/** A person must do something: it will not change by itself. kstatus reads Stalled so. */
function stalled(reason: SourceReason, message: string): Conditions {
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Stalled', status: 'True', reason, message },
  ]
}

/** It goes on by itself. */
function underWay(status: 'False' | 'Unknown', reason: SourceReason, message: string): Conditions {
  return [
    { type: 'Ready', status, reason, message },
    { type: 'Reconciling', status: 'True', reason, message },
  ]
}

export const suspendedConditions: Conditions = [
  {
    type: 'Ready',
    status: 'Unknown',
    reason: 'Suspended',
    message: 'spec.suspend is true: nothing is read and nothing is declared',
  },
]

export function invalidSpec(mistakes: readonly string[]): Conditions {
  return stalled('SpecInvalid', mistakes.join('; '))
}

export function missingSecret(name: string, isThere: boolean): Conditions {
  const what = isThere ? `Secret ${name} holds no token` : `there is no Secret ${name}`
  return stalled('SecretMissing', `${what}. Do: kubectl create secret generic ${name} --from-literal=token=…`)
}

const failureReasons: Readonly<Record<GitFailure['kind'], SourceReason>> = {
  unreachable: 'GitUnreachable',
  unavailable: 'GitUnavailable',
  busy: 'GitBusy',
  unclear: 'GitUnclear',
  unauthorised: 'Unauthorised',
  'no-such-repository': 'RepositoryMissing',
  'no-such-branch': 'BranchMissing',
  'no-such-path': 'PathMissing',
  moved: 'RepositoryMoved',
  'too-large': 'TooLarge',
}

/** Whether the same question may have another answer in a moment. */
export function passesByItself({ kind }: GitFailure): boolean {
  return kind === 'unreachable' || kind === 'unavailable' || kind === 'busy'
}

/** Nobody can see the repository, or it is not as it must be; what was declared before goes on as it is. */
export function gitFailureConditions(failure: GitFailure): Conditions {
  const reason = failureReasons[failure.kind]
  const message = `${describeGitFailure(failure)}. What was declared before goes on`
  return passesByItself(failure) ? underWay('Unknown', reason, message) : stalled(reason, message)
}

/** What would go is told, so that it can be agreed to. */
export function missingPath(
  failure: Extract<GitFailure, { kind: 'no-such-path' }>,
  refusals: readonly SourceRefusal[],
): SourceStatus {
  const told = [describeGitFailure(failure), 'What was declared before goes on', ...refusals.map(describeRefusal)]
  const message = told.join('. ')
  return { ...refusedCommit(failure.commit, refusals), conditions: stalled('PathMissing', message) }
}

/** Kept in a status: enough to begin with, and never the size of the commit. */
const mostMistakes = 50

export function invalidCommit(commit: string, mistakes: readonly ManifestMistake[]): SourceStatus {
  const [first] = mistakes
  const place = first === undefined ? '' : `${first.file}:${first.line}:${first.column} ${first.message}`
  const more = mistakes.length > 1 ? `; ${mistakes.length - 1} more in status.mistakes and by \`weir validate\`` : ''
  const message = `commit ${short(commit)} is not declared: ${place}${more}. What was declared before goes on`
  return {
    conditions: stalled('ManifestsInvalid', message),
    lastCommit: commit,
    mistakes: mistakes.slice(0, mostMistakes).map(({ file, line, column, message: what, hint }) => ({
      file,
      line,
      column,
      message: what,
      ...(hint === undefined ? {} : { hint }),
    })),
  }
}

/** Nothing of the commit is carried out until somebody has decided. */
export function refusedCommit(commit: string, refusals: readonly SourceRefusal[]): SourceStatus {
  const [first] = refusals
  const message = refusals.map(describeRefusal).join('; ')
  const prune = refusals.find((refusal) => refusal.kind === 'prune')
  return {
    conditions: stalled(
      first?.kind === 'owned' ? 'OwnedByOther' : 'PruneUnconfirmed',
      `commit ${short(commit)}: ${message}`,
    ),
    lastCommit: commit,
    ...(prune === undefined ? {} : { pendingPrune: { hash: prune.hash, names: prune.names } }),
  }
}

function describeRefusal(refusal: SourceRefusal): string {
  switch (refusal.kind) {
    case 'owned': {
      const { kind, name } = refusal.key
      return `${kind} ${name} was declared by ${refusal.owner}. To take it over: kubectl annotate this GitSource streams.weirkeeper.dev/adopt=${name}`
    }
    case 'prune': {
      const doubts = {
        'nothing-left': 'no manifest is left',
        'too-many': 'more than spec.maxDeletions would go',
        'more-than-half': 'more than half would go',
      }
      return `${doubts[refusal.why]} (${listed(refusal.names)}). If that is wanted: kubectl annotate --overwrite this GitSource streams.weirkeeper.dev/confirm=${refusal.hash}`
    }
    default:
      return unreachable(refusal)
  }
}

/** Declared, as the record has acknowledged. Whether each StreamApp is ready is told by its own status. */
export function appliedCommit(commit: string, { inventory, leaving, going }: SourcePlan): SourceStatus {
  const status = { lastCommit: commit, inventory }
  if (leaving.length > 0) {
    const message = `${listed(leaving)} is being deleted, and is declared again once it is gone`
    return { ...status, conditions: underWay('False', 'Leaving', message) }
  }
  const count = inventory.length - going.length
  const rest = going.length === 0 ? '' : `; ${listed(going)} is being deleted`
  const message = `commit ${short(commit)} declares ${count} StreamApp${count === 1 ? '' : 's'}${rest}`
  return {
    ...status,
    appliedCommit: commit,
    conditions: [{ type: 'Ready', status: 'True', reason: 'Applied', message }],
  }
}

/** Said before anything is written: so that what a crash leaves behind is known to be ours. */
export function applyingCommit(commit: string, inventory: readonly Declared[]): SourceStatus {
  const message = `commit ${short(commit)} is being declared`
  return { conditions: underWay('False', 'Applying', message), lastCommit: commit, inventory }
}

export function short(commit: string): string {
  return commit.slice(0, 12)
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}
