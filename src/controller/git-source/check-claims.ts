import { printKey } from '../../record/decide-write.ts'
import type { KeptObject } from '../../record/object-life.ts'
import type { ControlRecord, ObjectKey } from '../../record/record.ts'
import { describeClash, keptClaims, type Claim } from '../../resource/claims.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import type { Standing } from './plan-commit.ts'
import type { CommittedApp } from './read-commit.ts'

/** What apps of a commit would have that StreamApps outside of it have, in whatever namespace. Looked for only where something is new. */
export async function takenMistakes(
  apps: readonly CommittedApp[],
  standing: readonly Standing[],
  record: Pick<ControlRecord, 'list'>,
): Promise<readonly ManifestMistake[]> {
  const there = new Map(standing.map(({ key, object }) => [printKey(key), object]))
  const wanted = apps.flatMap((app) => newClaims(app, there.get(printKey(app.key))).map((claim) => ({ app, claim })))
  if (wanted.length === 0) return []
  const { objects } = await record.list('StreamApp')
  const committed = new Set(apps.map(({ key }) => printKey(key)))
  const holders = new Map(
    objects
      .filter(({ key }) => !committed.has(printKey(key)))
      .flatMap(({ key, body }) => keptClaims(key.name, body).map(({ name }) => [name, key] as const)),
  )
  return wanted.flatMap(({ app, claim }) => {
    const holder = holders.get(claim.name)
    return holder === undefined ? [] : [mistakeOf(app, claim, holder)]
  })
}

/** What is new by this commit; what was found of the cluster by now counts for both. */
function newClaims({ key, declaration: { spec } }: CommittedApp, current: KeptObject | undefined): readonly Claim[] {
  const held = new Set(current === undefined ? [] : keptClaims(key.name, current).map(({ name }) => name))
  return keptClaims(key.name, { spec, status: current?.status }).filter(({ name }) => !held.has(name))
}

function mistakeOf(
  { document: { source } }: CommittedApp,
  claim: Claim,
  { namespace, name }: ObjectKey,
): ManifestMistake {
  const { path } = claim
  return { ...source.place(path), path, ...describeClash(claim, `${namespace}/${name}`) }
}
