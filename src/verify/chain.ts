import { isDeepStrictEqual } from 'node:util'
import type { StreamApp } from '../resource/stream-app.ts'
import { arrangeApp } from './arrange.ts'
import { chanceFrom } from './chance.ts'
import { edited, editsOfSchema, type Edit } from './edit-manifest.ts'
import type { FaultPlan } from './fault-plan.ts'
import { lastingState } from './ground-truth.ts'
import { isLeftAlone, isLevel } from './level.ts'
import { say, answerIfAsked } from './person.ts'
import type { Scenario, Step } from './scenario.ts'

export const chainLength = 20

/** A manifest that somebody edits again and again, and then puts back as it was. */
export function chainOf(app: StreamApp, { seed, edits = usualEdits }: FaultPlan): Scenario {
  const chance = chanceFrom(seed)
  const suggested = editsOfSchema()
  const drawn = Array.from({ length: chainLength }, () => suggested[Math.floor(chance() * suggested.length)])
  const chosen = edits.flatMap((at) => drawn[at] ?? [])
  let start: State = {}
  return {
    name: 'chain',
    about: `${chainLength} edits of the manifest, and back`,
    apps: [app],
    arrange: (world) => arrangeApp(app, world),
    steps: [
      { act: (world) => say(app, world, true), isAtRest: (world) => !answerIfAsked(app, world) && isLevel(app, world) },
      { act: (world) => void (start = lastingState(world.heroku, world.nowMs)), isAtRest: () => true },
      ...versionsOf(app, chosen).map(step),
      { act: (world) => say(app, world, true), isAtRest: (world) => !answerIfAsked(app, world) && isLevel(app, world) },
      {
        act: (world) => {
          for (const rule of losses(start, lastingState(world.heroku, world.nowMs))) world.violated(rule)
        },
        isAtRest: () => true,
      },
    ],
  }
}

const usualEdits = Array.from({ length: chainLength }, (_, index) => index)

/** Each edit is made on what the last one left; what the door refuses changes nothing. */
function versionsOf(app: StreamApp, edits: readonly Edit[]): readonly StreamApp[] {
  const versions: StreamApp[] = []
  let current = app
  for (const edit of edits) {
    const next = edited(current, edit)
    if (next === undefined || isDeepStrictEqual(next, current)) continue
    current = next
    versions.push(next)
  }
  return versions
}

function step(version: StreamApp): Step {
  return {
    act: (world) => say(version, world, true),
    isAtRest: (world) => !answerIfAsked(version, world) && (isLevel(version, world) || isLeftAlone(version, world)),
  }
}

/**
 * What is managed is as at first, or `isLevel` would not say so. Beside that nothing of the start may be lost: what was
 * made in between may have stayed, as may what no manifest manages any more.
 */
function losses(start: State, end: State): readonly string[] {
  return Object.entries(start).flatMap(([name, before]) => {
    const lost = Object.entries(lastingPart(before)).filter(([field, value]) => lastingPart(end[name])[field] !== value)
    return lost.map(([field, value]) => `${field} of ${name} was ${String(value)} and is not so at the end`)
  })
}

type State = Readonly<Record<string, unknown>>

/** A topic's partitions, an app's config vars, a group's being there. */
function lastingPart(state: unknown): State {
  if (typeof state !== 'object' || state === null) return { existence: state }
  const { partitions, configVars }: { partitions?: unknown; configVars?: unknown } = state
  if (typeof configVars === 'object' && configVars !== null) return { ...configVars }
  return { existence: true, partitions }
}
