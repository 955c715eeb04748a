import { fail, ok, type Result } from '../../base/result.ts'
import type { GitFailure } from '../../git/failure.ts'
import type { Git, GitTree, Remote } from '../../git/git.ts'
import { bindingOf } from '../../record/namespace-binding.ts'
import type { ObjectKey } from '../../record/record.ts'
import { confirmAnnotation } from '../keep/consent.ts'
import type { Verdict } from '../keep/work.ts'
import type { Term } from '../lead/lead.ts'
import { carryOut } from './carry-out.ts'
import { unboundMistakes } from './check-binding.ts'
import { takenMistakes } from './check-claims.ts'
import { standingMistakes } from './check-standing.ts'
import { keptObject, readKeptSource } from './kept-git-source.ts'
import { planCommit, type Standing } from './plan-commit.ts'
import { readCommit, type CommitReading } from './read-commit.ts'
import { report } from './report-source.ts'
import { later, type GitSourceSurroundings, type Pass, type Spec } from './source-pass.ts'
import { gitCredentialsOf } from './source-secret.ts'
import {
  gitFailureConditions,
  invalidCommit,
  invalidSpec,
  missingPath,
  missingSecret,
  passesByItself,
  refusedCommit,
  suspendedConditions,
  type SourceStatus,
} from './source-status.ts'

/** Where a person lets a GitSource take over what somebody else declared: names, or `*`. */
const adoptAnnotation = 'streams.weirkeeper.dev/adopt'

const endings = ['.yaml', '.yml', '.json']

/** A host that did not answer is not asked again sooner. */
const calmMs = 5_000

/** One pass over one GitSource: look at the branch, declare its newest commit or say why not. */
export async function keepGitSource(
  key: ObjectKey,
  around: GitSourceSurroundings,
  term: Term,
  signal: AbortSignal,
): Promise<Verdict> {
  const kept = await readKeptSource(around.record, key)
  if (kept === undefined) return { kind: 'gone' }
  if (kept.object.metadata.deletionTimestamp !== undefined) return { kind: 'settled' }
  const { spec } = kept
  const pass: Pass = { kept, around, term }
  if (spec === undefined) return report(pass, { conditions: invalidSpec(kept.mistakes) }, { kind: 'settled' })
  if (spec.suspend) return report(pass, { conditions: suspendedConditions }, { kind: 'settled' })

  const remote = await openRemote(spec, pass)
  if (!remote.ok) return report(pass, remote.error, later(spec, around))
  const tree = await look(spec, { remote: remote.value, git: around.git, signal })
  if (!tree.ok) return tell(tree.error, spec, pass)
  return declareCommit(tree.value, spec, pass)
}

function tell(failure: GitFailure, spec: Spec, pass: Pass): Promise<Verdict> {
  if (failure.kind === 'no-such-path') return declareNothing(failure, spec, pass)
  return report(pass, { conditions: gitFailureConditions(failure) }, afterFailure(failure, spec, pass.around))
}

type PathMissing = Extract<GitFailure, { kind: 'no-such-path' }>

async function openRemote({ url, secretRef }: Spec, { kept, around }: Pass): Promise<Result<Remote, SourceStatus>> {
  if (secretRef === undefined) return ok({ url })
  const { namespace } = kept.key
  const secret = await around.record.get({ kind: 'Secret', namespace, name: secretRef.name })
  const credentials = secret === undefined ? undefined : gitCredentialsOf(secret.body)
  if (credentials !== undefined) return ok({ url, credentials })
  return fail({ conditions: missingSecret(secretRef.name, secret !== undefined) })
}

interface Looking {
  readonly remote: Remote
  readonly git: Git
  readonly signal: AbortSignal
}

/** One question a poll; more only where the branch has moved since. */
async function look({ branch, path }: Spec, { remote, git, signal }: Looking): Promise<Result<GitTree, GitFailure>> {
  const head = await git.head(remote, branch, signal)
  if (!head.ok) return head
  return git.tree(remote, { branch, commit: head.value, path, endings }, signal)
}

async function declareCommit(tree: GitTree, spec: Spec, pass: Pass): Promise<Verdict> {
  const { kept, around } = pass
  const reading = readOnce(tree, kept.key.namespace, around.readings)
  const { namespace } = kept.key
  const standing = await standingIn(namespace, around.record)
  const bound = await around.record.get({ kind: 'Namespace', namespace: '', name: namespace })
  const late = [
    ...standingMistakes(reading.apps, standing),
    ...unboundMistakes(reading.apps, bindingOf(namespace, bound?.body)),
    ...(await takenMistakes(reading.apps, standing, around.record)),
  ]
  const mistakes = reading.mistakes.length > 0 ? reading.mistakes : late
  if (mistakes.length > 0) return report(pass, invalidCommit(tree.commit, mistakes), later(spec, around))

  const plan = planCommit(reading.apps, { standing, inventory: kept.inventory }, termsOf(spec, pass))
  if (plan.refusals.length > 0) return report(pass, refusedCommit(tree.commit, plan.refusals), later(spec, around))
  return carryOut(tree.commit, plan, spec, pass)
}

function readOnce(tree: GitTree, namespace: string, readings: GitSourceSurroundings['readings']): CommitReading {
  const known = readings.get(tree)
  if (known?.namespace === namespace) return known
  const reading = readCommit(tree, namespace)
  readings.set(tree, reading)
  return reading
}

/** A folder that is not there is no folder that says "nothing": only who agrees to that removal means it. */
async function declareNothing(missing: PathMissing, spec: Spec, pass: Pass): Promise<Verdict> {
  const { kept, around } = pass
  const standing = await standingIn(kept.key.namespace, around.record)
  const plan = planCommit([], { standing, inventory: kept.inventory }, termsOf(spec, pass))
  if (plan.changes.length > 0 && plan.refusals.length === 0) return carryOut(missing.commit, plan, spec, pass)
  return report(pass, missingPath(missing, plan.refusals), later(spec, around))
}

async function standingIn(namespace: string, record: GitSourceSurroundings['record']): Promise<readonly Standing[]> {
  const { objects } = await record.list('StreamApp', namespace)
  return objects.map(({ key, version, body }) => ({ key, version, object: keptObject(body) }))
}

function termsOf({ prune, maxDeletions }: Spec, { kept, around }: Pass): Parameters<typeof planCommit>[2] {
  const { annotations = {} } = kept.object.metadata
  return {
    source: kept.key.name,
    prune,
    maxDeletions,
    confirmed: annotations[confirmAnnotation],
    adopt: (annotations[adoptAnnotation] ?? '').split(',').map((name) => name.trim()),
    at: new Date(around.clock.now()),
    newUid: around.newUid,
  }
}

function afterFailure(failure: GitFailure, spec: Spec, around: GitSourceSurroundings): Verdict {
  if (!passesByItself(failure)) return later(spec, around)
  const waitMs = failure.kind === 'busy' ? failure.retryAfterMs : calmMs
  return { kind: 'retry', notBeforeMs: around.clock.now() + waitMs }
}
