import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import { printKey } from '../../record/decide-write.ts'
import { ownWrite } from '../../record/own-write.ts'
import { declare, markDeleted, type KeptObject } from '../../record/object-life.ts'
import type { ObjectKey } from '../../record/record.ts'
import { tidyFinalizer } from '../keep/keep-stream-app.ts'
import type { Declared } from './inventory.ts'
import type { CommittedApp } from './read-commit.ts'

/** On what it declared a GitSource leaves its name, for people and for other GitSources. */
const sourceAnnotation = 'streams.weirkeeper.dev/git-source'

/** An object of the namespace, as it stands in the record. */
export interface Standing {
  readonly key: ObjectKey
  readonly version: number
  readonly object: KeptObject
}

export interface PlanTerms {
  /** The GitSource's name; what it declares is in its own namespace. */
  readonly source: string
  readonly prune: boolean
  readonly maxDeletions: number
  /** The hash that somebody agreed to. */
  readonly confirmed: string | undefined
  /** Names that this GitSource may take over from whoever declared them; `*` is all. */
  readonly adopt: readonly string[]
  readonly at: Date
  readonly newUid: () => string
}

export type SourceChange =
  | {
      readonly kind: 'declare'
      readonly key: ObjectKey
      readonly expected: 'absent' | number
      readonly object: KeptObject
    }
  /** `object` is what is left of it for now; undefined: nobody has to tidy up. */
  | {
      readonly kind: 'prune'
      readonly key: ObjectKey
      readonly expected: number
      readonly object: KeptObject | undefined
    }

export type SourceRefusal =
  | { readonly kind: 'owned'; readonly key: ObjectKey; readonly owner: string }
  | { readonly kind: 'prune'; readonly hash: string; readonly names: readonly string[]; readonly why: PruneDoubt }

type PruneDoubt = 'nothing-left' | 'too-many' | 'more-than-half'

export interface SourcePlan {
  readonly changes: readonly SourceChange[]
  /** Not empty: nothing of the commit is carried out. */
  readonly refusals: readonly SourceRefusal[]
  /** Objects of the commit that are on their way out: they are declared again once they are gone. */
  readonly leaving: readonly string[]
  /** What was removed and is not gone yet. */
  readonly going: readonly string[]
  /** What this GitSource has declared once the plan is carried out. */
  readonly inventory: readonly Declared[]
}

/**
 * What a commit means for what stands in the record. It only computes.
 *
 * Invariants
 *   G1  What is not in the inventory, under the uid that it has there, is never pruned.
 *   G2  What somebody else declared is not touched without consent.
 *   G3  A commit that removes all, many or most of what was declared changes nothing until that removal is agreed to.
 *   G4  Labels and annotations that did not come from Git are left alone.
 *   G5  Planning again over what a plan made gives no change.
 */
export function planCommit(
  apps: readonly CommittedApp[],
  { standing, inventory }: { readonly standing: readonly Standing[]; readonly inventory: readonly Declared[] },
  terms: PlanTerms,
): SourcePlan {
  const there = new Map(standing.map((object) => [printKey(object.key), object]))
  const before = new Map(inventory.map((entry) => [printKey(entry), entry]))
  const wanted = new Set(apps.map(({ key }) => printKey(key)))
  const parts = apps.map((app) => planApp(app, there.get(printKey(app.key)), before.get(printKey(app.key)), terms))
  const ours = inventory.flatMap((entry) => stillOurs(entry, there.get(printKey(entry)), terms))
  const left = ours.filter(({ key }) => !wanted.has(printKey(key)))
  const prunes = terms.prune ? left.filter((object) => !isLeaving(object)) : []
  const doubt = doubtOf(prunes, { apps: apps.length, declared: ours.length }, terms)
  return {
    changes: [...parts.flatMap(({ changes }) => changes), ...prunes.map((prune) => pruneOf(prune, terms))],
    refusals: [...parts.flatMap(({ refusals }) => refusals), ...doubt],
    leaving: parts.flatMap(({ leaving }) => leaving),
    going: left.filter((object) => terms.prune || isLeaving(object)).map(({ key }) => key.name),
    inventory: [...parts.flatMap((part) => part.inventory), ...left.map(({ entry }) => entry)],
  }
}

function isLeaving({ object }: Standing): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

function planApp(
  app: CommittedApp,
  current: Standing | undefined,
  before: Declared | undefined,
  terms: PlanTerms,
): SourcePlan {
  const nothing = { changes: [], refusals: [], leaving: [], going: [], inventory: [] }
  const owner = current === undefined ? undefined : ownerOf(current.object, before, terms)
  if (owner !== undefined) return { ...nothing, refusals: [{ kind: 'owned', key: app.key, owner }] }

  const object = wish(app, current?.object, before, terms)
  const entry = entryOf(app, object)
  if (current !== undefined && isLeaving(current)) {
    return { ...nothing, leaving: [app.key.name], inventory: [entry] }
  }
  if (current !== undefined && isDeepStrictEqual(asJson(current.object), asJson(object))) {
    return { ...nothing, inventory: [entry] }
  }
  return { ...nothing, changes: [declaring(app, current, object, terms)], inventory: [entry] }
}

function declaring(
  { key }: CommittedApp,
  current: Standing | undefined,
  object: KeptObject,
  { at }: PlanTerms,
): SourceChange {
  const owned = ownWrite({ before: current?.object, after: object, writer: 'weirkeeper-git', subresource: '', at })
  return { kind: 'declare', key, expected: current?.version ?? 'absent', object: owned }
}

/** Whose it is, if not this GitSource's. */
function ownerOf(
  { metadata }: KeptObject,
  before: Declared | undefined,
  { source, adopt }: PlanTerms,
): string | undefined {
  const mark = metadata.annotations?.[sourceAnnotation]
  const isOurs = mark === source || (mark === undefined && before?.uid === metadata.uid)
  if (isOurs || adopt.includes(metadata.name) || adopt.includes('*')) return undefined
  return mark === undefined ? 'somebody by hand' : `GitSource ${mark}`
}

function wish(
  { declaration }: CommittedApp,
  current: KeptObject | undefined,
  before: Declared | undefined,
  { source, at, newUid }: PlanTerms,
): KeptObject {
  const { name, namespace, labels = {}, annotations = {} } = declaration.metadata
  const theirs = current?.metadata
  const metadata = {
    name,
    namespace,
    ...filled('labels', { ...without(theirs?.labels, before?.labels), ...labels }),
    ...filled('annotations', {
      ...without(theirs?.annotations, before?.annotations),
      ...annotations,
      [sourceAnnotation]: source,
    }),
  }
  const birth = { uid: current?.metadata.uid ?? newUid(), at, finalizers: [tidyFinalizer] }
  return declare(current, { ...declaration, metadata }, birth)
}

type Texts = Readonly<Record<string, string>>

function filled<Field extends string>(field: Field, texts: Texts): { readonly [F in Field]?: Texts } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed field's name is lost to the type checker
  return (Object.keys(texts).length === 0 ? {} : { [field]: texts }) as { readonly [F in Field]?: Texts }
}

function without(texts: Texts = {}, names: readonly string[] = []): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !names.includes(name)))
}

function entryOf({ key, declaration }: CommittedApp, { metadata }: KeptObject): Declared {
  const { labels = {}, annotations = {} } = declaration.metadata
  const { kind, namespace, name } = key
  return {
    kind,
    namespace,
    name,
    uid: metadata.uid,
    labels: Object.keys(labels),
    annotations: Object.keys(annotations),
  }
}

interface Ours extends Standing {
  readonly entry: Declared
}

/** What is there, is the very object that was declared, and was not taken over since. */
function stillOurs(entry: Declared, there: Standing | undefined, { source }: PlanTerms): readonly Ours[] {
  const { uid, annotations } = there?.object.metadata ?? {}
  const isOurs = uid === entry.uid && (annotations?.[sourceAnnotation] ?? source) === source
  return there !== undefined && isOurs ? [{ ...there, entry }] : []
}

function pruneOf({ key, version, object }: Ours, { at }: PlanTerms): SourceChange {
  return { kind: 'prune', key, expected: version, object: markDeleted(object, at) }
}

/** Names the removal: the same objects give the same eight letters, and once they are gone nothing has them again. */
function hashOf(prunes: readonly Ours[]): string {
  const named = prunes
    .map(({ entry: { kind, namespace, name, uid } }) => [kind, namespace, name, uid].join('\0'))
    .toSorted()
  return createHash('sha256').update(named.join('\n')).digest('hex').slice(0, 8)
}

function doubtOf(
  prunes: readonly Ours[],
  { apps, declared }: { readonly apps: number; readonly declared: number },
  { maxDeletions, confirmed }: PlanTerms,
): readonly SourceRefusal[] {
  const hash = hashOf(prunes)
  const why = whyDoubt(prunes.length, { apps, declared, maxDeletions })
  if (why === undefined || confirmed === hash) return []
  return [{ kind: 'prune', hash, names: prunes.map(({ key }) => key.name).toSorted(), why }]
}

function whyDoubt(
  count: number,
  { apps, declared, maxDeletions }: { readonly apps: number; readonly declared: number; readonly maxDeletions: number },
): PruneDoubt | undefined {
  if (count === 0) return undefined
  if (apps === 0) return 'nothing-left'
  if (count > maxDeletions) return 'too-many'
  return count > 1 && count * 2 > declared ? 'more-than-half' : undefined
}
