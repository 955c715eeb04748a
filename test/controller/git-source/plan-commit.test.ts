import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Declared } from '../../../src/controller/git-source/inventory.ts'
import { planCommit, type SourcePlan, type Standing } from '../../../src/controller/git-source/plan-commit.ts'
import { readCommit, type CommittedApp } from '../../../src/controller/git-source/read-commit.ts'
import { copyManifest } from '../../support/git-source.ts'

/** A namespace in a record, a GitSource's inventory beside it, and the last uid that was given. */
interface Scene {
  readonly standing: readonly Standing[]
  readonly inventory: readonly Declared[]
  readonly uids: number
}

type Step =
  | {
      readonly kind: 'commit'
      readonly apps: readonly CommittedApp[]
      readonly confirms: boolean
      readonly crashes: boolean
    }
  /** A person declares, deletes at once, or tidies up what is being deleted. */
  | { readonly kind: 'declares' | 'forgets' | 'tidies'; readonly name: string }

const names = ['a', 'b', 'c', 'd', 'e']

const commits = fc
  .record({
    wanted: fc.subarray(names),
    threads: fc.integer({ min: 1, max: 2 }),
    confirms: fc.boolean(),
    crashes: fc.boolean(),
  })
  .map(({ wanted, threads, ...rest }): Step => ({ kind: 'commit', apps: appsOf(wanted, threads), ...rest }))
const deeds = fc.record({
  kind: fc.constantFrom('declares' as const, 'forgets' as const, 'tidies' as const),
  name: fc.constantFrom(...names),
})
const steps = fc.array(fc.oneof(commits, deeds), { maxLength: 15 })

describe('planCommit, over any run of commits, crashes and what people do meanwhile', () => {
  it('G1, G2: never removes nor changes what a person declared', () => {
    fc.assert(
      fc.property(steps, (run) => {
        run.reduce((scene, step) => {
          const after = play(scene, step)
          if (step.kind === 'commit') assert.deepEqual(byHand(after), byHand(scene))
          return after
        }, empty)
      }),
    )
  })

  it('G3: never lets go of more than half, more than maxDeletions or all, unless it was agreed to', () => {
    fc.assert(
      fc.property(steps, (run) => {
        run.reduce((scene, step) => {
          const after = play(scene, step)
          if (step.kind === 'commit' && !step.confirms) {
            const went = leavingOf(after).length - leavingOf(scene).length
            assert.ok(went <= 2, `${went} went`)
            if (step.apps.length === 0) assert.equal(went, 0)
          }
          return after
        }, empty)
      }),
    )
  })

  it('G5: has nothing left to do once its plan was carried out', () => {
    fc.assert(
      fc.property(steps, (run) => {
        run.reduce((scene, step) => {
          const after = play(scene, step)
          if (step.kind === 'commit' && !step.crashes) {
            const again = planOf(after, step.apps, undefined)
            if (again.refusals.length === 0) assert.deepEqual(again.changes, [])
          }
          return after
        }, empty)
      }),
    )
  })

  it('ends, where nobody stands in its way, with exactly what the last commit says', () => {
    fc.assert(
      fc.property(steps, fc.subarray(names, { minLength: 1 }), (run, wanted) => {
        const alone = run.filter(({ kind }) => kind !== 'declares')
        const before = alone.reduce(play, empty)
        const last: Step = { kind: 'commit', apps: appsOf(wanted, 1), confirms: true, crashes: false }
        const tidied = (scene: Scene): Scene => names.reduce((at, name) => play(at, { kind: 'tidies', name }), scene)
        const end = tidied(play(tidied(play(tidied(before), last)), last))
        assert.deepEqual(end.standing.map(({ key }) => key.name).toSorted(), [...wanted].toSorted())
      }),
    )
  })
})

const empty: Scene = { standing: [], inventory: [], uids: 0 }

function appsOf(wanted: readonly string[], threads: number): readonly CommittedApp[] {
  const files = wanted.map((name) => ({
    path: `${name}.yaml`,
    bytes: new TextEncoder().encode(copyManifest(name, { app: `app-${name}`, threads })),
  }))
  const { apps, mistakes } = readCommit({ files, links: [] }, 'default')
  assert.deepEqual(mistakes, [])
  return apps
}

function play(scene: Scene, step: Step): Scene {
  const { standing, inventory, uids } = scene
  if (step.kind === 'commit') return afterCommit(scene, step)
  const there = standing.find(({ key }) => key.name === step.name)
  const others = standing.filter((object) => object !== there)
  if (step.kind === 'declares') {
    if (there !== undefined) return scene
    const [byPerson] = planOf(empty, appsOf([step.name], 1), undefined, uids).changes
    assert.ok(byPerson?.object)
    const { annotations: _mark, ...metadata } = byPerson.object.metadata
    return {
      inventory,
      uids: uids + 1,
      standing: [...others, { key: byPerson.key, version: uids, object: { ...byPerson.object, metadata } }],
    }
  }
  const isLeaving = there?.object.metadata.deletionTimestamp !== undefined
  return step.kind === 'forgets' || isLeaving ? { ...scene, standing: others } : scene
}

/** As the controller does it: the inventory first, then the objects; a crash comes between the two. */
function afterCommit(scene: Scene, step: Extract<Step, { kind: 'commit' }>): Scene {
  const asked = planOf(scene, step.apps, undefined)
  const prune = asked.refusals.find((refusal) => refusal.kind === 'prune')
  const plan = step.confirms && prune !== undefined ? planOf(scene, step.apps, prune.hash) : asked
  if (plan.refusals.length > 0) return scene
  const uids = scene.uids + step.apps.length
  const gone = scene.inventory.filter((entry) => !plan.inventory.some(({ name }) => name === entry.name))
  if (step.crashes) return { ...scene, uids, inventory: [...plan.inventory, ...gone] }
  const standing = plan.changes.reduce((objects: readonly Standing[], { key, object }) => {
    const others = objects.filter((other) => other.key.name !== key.name)
    return object === undefined ? others : [...others, { key, object, version: uids }]
  }, scene.standing)
  return { standing, inventory: plan.inventory, uids }
}

function planOf(
  { standing, inventory, uids }: Scene,
  apps: readonly CommittedApp[],
  confirmed: string | undefined,
  firstUid = uids,
): SourcePlan {
  let given = firstUid
  const terms = {
    source: 'shop',
    prune: true,
    maxDeletions: 2,
    confirmed,
    adopt: [],
    at: new Date(0),
    newUid: () => `uid-${(given += 1)}`,
  }
  return planCommit(apps, { standing, inventory }, terms)
}

function byHand({ standing }: Scene): readonly Standing[] {
  return standing
    .filter(({ object }) => object.metadata.annotations === undefined)
    .toSorted((a, b) => a.key.name.localeCompare(b.key.name))
}

function leavingOf({ standing }: Scene): readonly Standing[] {
  return standing.filter(({ object }) => object.metadata.deletionTimestamp !== undefined)
}
