import type { ConfigVars, ProcessFormation } from '../../heroku/platform.ts'
import type { Desired, DesiredFormation } from '../desired/desired.ts'
import type { Observed } from '../observe/observed.ts'
import { sameSize, type Change } from './change.ts'
import type { Refusal, Warning } from './plan.ts'

/** What the app has to be told: at most one write of config vars and one of the formation, for each restarts dynos. */
export function appChanges(desired: Desired, observed: Observed): readonly Change[] {
  return [
    ...configVarChanges(desired.app, desired.configVars, observed.configVars),
    // First: the dynos of both would be members of one group.
    ...stops(desired.app, desired.formerTypes, observed.formation),
    ...scaling(desired.app, desired.formation, observed.formation),
  ]
}

function configVarChanges(app: string, desired: ConfigVars, live: ConfigVars): Change[] {
  const vars = Object.entries(desired)
    .filter(([name, after]) => live[name] !== after)
    .map(([name, after]) => ({ name, before: live[name] ?? null, after }))
  return vars.length === 0 ? [] : [{ kind: 'set-config-vars', app, vars }]
}

/** What still runs of these process types gets no dyno. */
export function stops(app: string, types: readonly string[], formation: readonly ProcessFormation[]): Change[] {
  return formation
    .filter(({ type, quantity }) => types.includes(type) && quantity > 0)
    .map(({ type, quantity, size }) => ({
      kind: 'scale',
      app,
      type,
      before: { quantity, size },
      after: { quantity: 0, size },
    }))
}

function scaling(app: string, desired: DesiredFormation, formation: readonly ProcessFormation[]): Change[] {
  const live = formation.find(({ type }) => type === desired.type)
  if (live === undefined) return []
  const size = desired.size !== undefined && !sameSize(desired.size, live.size) ? desired.size : live.size
  if (live.quantity === desired.quantity && size === live.size) return []
  const before = { quantity: live.quantity, size: live.size }
  return [{ kind: 'scale', app, type: desired.type, before, after: { quantity: desired.quantity, size } }]
}

/** An app whose code was never deployed has no formation at all; one whose Procfile lacks the type has another. */
export function processTypeRefusals({ app, formation: { type } }: Desired, observed: Observed): readonly Refusal[] {
  if (observed.formation.some((process) => process.type === type)) return []
  const types = observed.formation.map((process) => process.type)
  if (types.length === 0 && observed.release?.hasSlug !== true) {
    const message = `app ${app} has no code yet, so there is no ${type} process to run. Deploy it (git push heroku main), then apply again`
    return [{ reason: 'AppWithoutRelease', message }]
  }
  const known = types.length === 0 ? 'it has none' : `it has ${types.join(', ')}`
  const message = `app ${app} has no process type ${type}: ${known}. Add the line "${type}: COMMAND" to its Procfile and deploy, or change spec.process.type`
  return [{ reason: 'ProcessTypeMissing', message }]
}

/** Eco and basic dynos run with none of another kind on the same app. Source: Dev Center, "Dyno Types". */
export function tierRefusals({ app, formation: wish, formerTypes }: Desired, observed: Observed): readonly Refusal[] {
  const live = observed.formation.find(({ type }) => type === wish.type)
  const size = wish.size ?? live?.size
  if (size === undefined || wish.quantity === 0) return []
  const others = observed.formation.filter(
    ({ type, quantity }) => type !== wish.type && !formerTypes.includes(type) && quantity > 0,
  )
  return others
    .filter((other) => smallTier(other.size) !== smallTier(size))
    .map((other) => ({
      reason: 'FormationLimit',
      message: `app ${app} runs ${other.type} on ${other.size} dynos, and Heroku runs those with no other kind such as ${size}: heroku ps:type ${other.type}=${size} -a ${app}, or say size: ${other.size.toLowerCase()} in spec.process`,
    }))
}

function smallTier(size: string): string {
  return /^(eco|basic)$/i.test(size) ? size.toLowerCase() : 'larger'
}

/** The id names the offsets, the state and the topics: under another one the app begins from nothing. */
export function applicationIdRefusals(
  { app, applicationName, configVars }: Desired,
  observed: Observed,
): readonly Refusal[] {
  const before = observed.configVars['STREAMS_APPLICATION_ID']
  const after = configVars['STREAMS_APPLICATION_ID']
  if (before === undefined || after === undefined || before === after) return []
  const lost = `app ${app} runs as application id ${before} and the manifest means ${after}: offsets and state would begin from nothing`
  const afresh = `heroku config:unset STREAMS_APPLICATION_ID -a ${app}, then apply again`
  const message = before.endsWith(`.${applicationName}`)
    ? `${lost}, since the prefix is another one now. Is ${observed.attachment.name} still the cluster that you mean? If so, begin afresh: ${afresh}`
    : `${lost}. Say applicationName: ${nameWithin(before, observed.prefix)}, or if it may begin afresh: ${afresh}`
  return [{ reason: 'ApplicationIdChanged', message }]
}

function nameWithin(applicationId: string, prefix: string): string {
  return applicationId.startsWith(prefix) ? applicationId.slice(prefix.length) : applicationId
}

/** Settings of a time when the manifest said more, or set by hand: named, and left alone. */
export function strayConfigVars({ app, configVars }: Desired, observed: Observed): readonly Warning[] {
  const strays = Object.keys(observed.configVars).filter((name) => name.startsWith('STREAMS_') && !(name in configVars))
  if (strays.length === 0) return []
  const message = `${strays.join(', ')} ${strays.length === 1 ? 'is' : 'are'} set on ${app} and not in the manifest: left as set. To remove: heroku config:unset ${strays.join(' ')} -a ${app}`
  return [{ reason: 'UnmanagedConfigVars', message }]
}
