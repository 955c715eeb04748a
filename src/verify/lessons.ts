import { asJson } from '../record/as-json.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { appOf, destroyCluster } from './arrange.ts'
import { conditionOf } from './judge-report.ts'
import { isGone, isLevel } from './level.ts'
import { hear, keyOf, remove, say } from './person.ts'
import { noteWritten } from './record-for.ts'
import type { Scenario, Step } from './scenario.ts'
import { after, declared, meddle, one, removed, untouched } from './steps.ts'
import type { World } from './world.ts'

const minute = 60_000

/** Lives that other operators did not survive, each named after what went wrong there. */
export function lessonsOf(app: StreamApp): readonly Scenario[] {
  return [finalizerDeadlock(app), zeroLag(app), emptySource(app), lostConfigVars(app), pauseRace(app)]
}

/** Strimzi: a finalizer that waits for a cluster that cannot come back, so that nothing ever goes. */
function finalizerDeadlock(app: StreamApp): Scenario {
  const act = async (world: World): Promise<void> => {
    destroyCluster(app, world)
    world.meddledAtMs = world.nowMs
    await remove(app, world)
  }
  return one('finalizer-deadlock', 'the add-on is destroyed by hand, and then the StreamApp is deleted', app, [
    declared(app),
    { act, isAtRest: (world) => isGone(app, world) },
  ])
}

/** KEDA: a measurement that fails is taken for zero, and everything is scaled away. */
function zeroLag(app: StreamApp): Scenario {
  const outages = [/^topics /, /^formation /, /^configVars /, /^consumerGroups /, /./].flatMap((outage): Step[] => {
    const begins = async (world: World): Promise<void> => {
      world.outage = outage
      await hear(app, world)
    }
    const ends = (world: World): void => void (world.outage = undefined)
    return [
      untouched({ act: begins, isAtRest: (world) => conditionOf(keptOf(app, world), 'Ready')?.status === 'Unknown' }),
      untouched(after(5 * minute)),
      untouched({ act: ends, isAtRest: (world) => isLevel(app, world) }),
    ]
  })
  return one('zero-lag', 'Heroku does not tell of one thing after the other, and nothing is concluded from that', app, [
    declared(app),
    ...outages,
  ])
}

/** Argo CD: a source that cannot be read is taken for an empty one, and everything is pruned. */
function emptySource(app: StreamApp): Scenario {
  const isInvalid = (world: World): boolean => conditionOf(keptOf(app, world), 'Ready')?.reason === 'ManifestInvalid'
  const spoiled = { act: (world: World) => spoil(app, world), isAtRest: isInvalid }
  return one('empty-source', 'the manifest becomes unreadable, is repaired, becomes so again, and is deleted', app, [
    declared(app),
    untouched(spoiled),
    untouched(after(15 * minute)),
    untouched(declared(app)),
    untouched(spoiled),
    untouched(removed(app)),
  ])
}

/** Terraform: what add-ons set goes with what was set by hand. */
function lostConfigVars(app: StreamApp): Scenario {
  let before: Readonly<Record<string, string>> = {}
  const remember = (world: World): void => {
    appOf(app, world).configVars['STREAMS_OF_MINE'] = 'stays'
    world.meddledAtMs = world.nowMs
    before = { ...appOf(app, world).configVars }
  }
  const compare = (world: World): void => {
    const { configVars } = appOf(app, world)
    const kept = Object.keys(before).filter((name) => !name.startsWith('STREAMS_') || name === 'STREAMS_OF_MINE')
    for (const name of kept) {
      if (configVars[name] !== before[name]) world.violated(`config var ${name} of somebody else was lost`)
    }
  }
  return one('lost-config-vars', 'settings of the add-on and of a person outlive the StreamApp', app, [
    declared(app),
    { act: remember, isAtRest: (world) => isLevel(app, world) },
    removed(app),
    { act: compare, isAtRest: () => true },
  ])
}

/** KEDA: what is paused while a change is under way is changed all the same, again and again. */
function pauseRace(app: StreamApp): Scenario {
  const still = { ...app, spec: { ...app.spec, suspend: true } }
  const isSuspended = (world: World): boolean => conditionOf(keptOf(app, world), 'Ready')?.reason === 'Suspended'
  const busy = (world: World): boolean => world.requests.some(({ what }) => what.startsWith('createTopic'))
  return one('pause-race', 'it is suspended in the middle of its first pass, and later goes on', app, [
    { act: (world) => say(app, world), isAtRest: busy },
    { act: (world) => say(still, world), isAtRest: isSuspended },
    after(minute),
    untouched(after(15 * minute)),
    { act: (world) => meddleIfThere(app, world), isAtRest: () => true },
    untouched(after(15 * minute)),
    declared(app),
  ])
}

function meddleIfThere(app: StreamApp, world: World): void {
  if (appOf(app, world).configVars['STREAMS_APPLICATION_ID'] !== undefined) meddle(app, world)
}

function keptOf({ metadata: { namespace, name } }: StreamApp, { kept }: World): ReturnType<World['kept']['get']> {
  return kept.get(`${namespace}/${name}`)
}

/** What is kept is no manifest any more: an older version wrote it, or a hand did. */
async function spoil(app: StreamApp, world: World): Promise<void> {
  const object = keptOf(app, world)
  if (object === undefined) throw new TypeError('it was never declared')
  const { metadata } = object
  const body = asJson({
    ...object,
    metadata: { ...metadata, generation: metadata.generation + 1 },
    spec: { ...object.spec, scaling: { min: 'many' } },
  })
  const write = { kind: 'put', key: keyOf(app), body, expected: 'any', actor: 'person' } as const
  const [result] = await world.record.write([write])
  if (result?.kind === 'written') noteWritten(write, world)
}
