import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import { parseDuration } from '../../base/duration.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import type { GitFailure } from '../../git/failure.ts'
import type { Git, GitTree, Remote } from '../../git/git.ts'
import { asJson } from '../../record/as-json.ts'
import { printKey } from '../../record/decide-write.ts'
import { bindingOf } from '../../record/namespace-binding.ts'
import { withStatus } from '../../record/object-life.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { ControlRecord, Event, JsonObject, ObjectKey, Write } from '../../record/record.ts'
import { keptClaims } from '../../resource/claims.ts'
import type { GitSource } from '../../resource/git-source.ts'
import { confirmAnnotation } from '../keep/consent.ts'
import type { Verdict } from '../keep/work.ts'
import type { Term } from '../lead/lead.ts'
import { stampConditions } from '../status/stamp-conditions.ts'
import { unboundMistakes } from './check-binding.ts'
import { takenMistakes } from './check-claims.ts'
import { standingMistakes } from './check-standing.ts'
import { keptObject, readKeptSource, type KeptGitSource } from './kept-git-source.ts'
import { planCommit, type SourceChange, type SourcePlan, type Standing } from './plan-commit.ts'
import { readCommit, type CommitReading } from './read-commit.ts'
import { gitCredentialsOf } from './source-secret.ts'
import {
  appliedCommit,
  applyingCommit,
  gitFailureConditions,
  invalidCommit,
  invalidSpec,
  missingPath,
  missingSecret,
  passesByItself,
  refusedCommit,
  short,
  suspendedConditions,
  type SourceStatus,
} from './source-status.ts'

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

/** Where a person lets a GitSource take over what somebody else declared: names, or `*`. */
const adoptAnnotation = 'streams.weirkeeper.dev/adopt'

const endings = ['.yaml', '.yml', '.json']

/** What is being deleted is looked at again this soon. */
const soonMs = 5_000
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

interface Pass {
  readonly kept: KeptGitSource
  readonly around: GitSourceSurroundings
  readonly term: Term
}

type Spec = GitSource['spec']
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

/**
 * First the inventory, then the objects, then that it is done: whatever a crash
 * leaves undone, the next pass knows what is ours and finishes it.
 */
async function carryOut(commit: string, plan: SourcePlan, spec: Spec, pass: Pass): Promise<Verdict> {
  const { kept, around, term } = pass
  const verdict = plan.leaving.length > 0 ? { kind: 'settled' as const, againAfterMs: soonMs } : later(spec, around)
  if (plan.changes.length === 0) return report(pass, appliedCommit(commit, plan), verdict)

  const announced = await announce(commit, plan, pass)
  if (announced === undefined) return lookAgain
  const results = await around.record.write(plan.changes.map((change) => writeOf(change, term)))
  tellChanges(commit, plan.changes, pass)
  if (!results.every(({ kind }) => kind === 'written' || kind === 'unchanged')) return lookAgain
  await around.record.tell([appliedEvent(commit, plan.changes, kept.key)])
  return report(announced, appliedCommit(commit, plan), verdict)
}

/** Somebody wrote meanwhile, or leads: nothing is lost. */
const lookAgain: Verdict = { kind: 'settled', againAfterMs: 1_000 }

/** Writes down what will be ours, where that is news. Undefined where somebody else wrote meanwhile, or leads. */
async function announce(commit: string, { inventory }: SourcePlan, pass: Pass): Promise<Pass | undefined> {
  const { kept } = pass
  const known = new Map(kept.inventory.map((entry) => [printKey(entry), entry]))
  if (inventory.every((entry) => isDeepStrictEqual(known.get(printKey(entry)), entry))) return pass
  for (const entry of inventory) known.delete(printKey(entry))
  const gone = [...known.values()]
  const intent = applyingCommit(commit, [...inventory, ...gone])
  const written = await writeStatus(pass, intent)
  if (written === undefined) return undefined
  return { ...pass, kept: { ...kept, ...written } }
}

function writeOf(change: SourceChange, { fence }: Term): Write {
  const common = { key: change.key, expected: change.expected, fence, actor: 'git' }
  const { object, key } = change
  if (object === undefined) return { ...common, kind: 'remove' }
  const claims = keptClaims(key.name, object).map(({ name }) => name)
  return { ...common, kind: 'put', body: asJson(object), ...(change.kind === 'declare' && { claims }) }
}

function tellChanges(commit: string, changes: readonly SourceChange[], { kept, around }: Pass): void {
  for (const { kind, key } of changes) around.say(nameOf(kept), `git-${kind}`, { commit, name: key.name })
}

function appliedEvent(commit: string, changes: readonly SourceChange[], key: ObjectKey): Event {
  const names = (kind: SourceChange['kind']): string =>
    changes
      .filter((change) => change.kind === kind)
      .map((change) => change.key.name)
      .join(', ') || 'nothing'
  const message = `commit ${short(commit)}: declared ${names('declare')}, removed ${names('prune')}`
  return { key, type: 'Normal', reason: 'Applied', message }
}

/** Writes what was found, if it is news. */
async function report(pass: Pass, status: SourceStatus, verdict: Verdict): Promise<Verdict> {
  await pass.around.record.tell(eventsOf(pass, status))
  return (await writeStatus(pass, status)) === undefined ? lookAgain : verdict
}

/** The object that says so, with its version; undefined where somebody else wrote meanwhile, or leads. */
async function writeStatus(
  pass: Pass,
  status: SourceStatus,
): Promise<Pick<KeptGitSource, 'object' | 'version'> | undefined> {
  const { kept, around, term } = pass
  const before = kept.object
  const wish = withStatus(before, statusOf(pass, status))
  if (isDeepStrictEqual(asJson(wish), asJson(before))) return { object: before, version: kept.version }
  const at = new Date(around.clock.now())
  const object = ownWrite({ before, after: wish, writer: 'weirkeeper-git', subresource: 'status', at })
  const write = { kind: 'put', key: kept.key, expected: kept.version, fence: term.fence, actor: 'git' } as const
  const [result] = await around.record.write([{ ...write, body: asJson(object) }])
  if (result?.kind === 'fenced')
    around.say(nameOf(kept), 'not written: another controller leads', { epoch: result.epoch })
  return result?.kind === 'written' || result?.kind === 'unchanged' ? { object, version: result.version } : undefined
}

/** What is not found anew stays as it was last seen, but for what the newest commit is reproached with. */
function statusOf({ kept, around }: Pass, status: SourceStatus): JsonObject {
  const { generation } = kept.object.metadata
  const { lastCommit, appliedCommit: applied, inventory } = kept.object.status ?? {}
  const at = new Date(around.clock.now())
  const conditions = stampConditions(status.conditions, kept.conditions, { generation, at })
  return asJson({
    lastCommit,
    appliedCommit: applied,
    inventory,
    ...status,
    observedGeneration: generation,
    conditions,
  })
}

function eventsOf({ kept }: Pass, { conditions }: SourceStatus): readonly Event[] {
  const [ready] = conditions
  const before = kept.conditions.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'True' || ready.reason === 'Suspended') return []
  if (before?.reason === ready.reason && before.message === ready.message) return []
  return [{ key: kept.key, type: 'Warning', reason: ready.reason, message: ready.message }]
}

function later({ interval }: Spec, { chance }: GitSourceSurroundings): Verdict {
  const ms = parseDuration(interval)
  return { kind: 'settled', againAfterMs: Math.round((ms.ok ? ms.value : 60_000) * (0.9 + 0.2 * chance())) }
}

function afterFailure(failure: GitFailure, spec: Spec, around: GitSourceSurroundings): Verdict {
  if (!passesByItself(failure)) return later(spec, around)
  const waitMs = failure.kind === 'busy' ? failure.retryAfterMs : calmMs
  return { kind: 'retry', notBeforeMs: around.clock.now() + waitMs }
}

function nameOf({ key }: KeptGitSource): string {
  return `${key.namespace}/${key.name}`
}
