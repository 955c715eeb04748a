import type { Dyno, DynoSelection } from '../../dyno/dyno-manager.ts'
import { dynoSizes } from '../dyno-sizes.ts'
import type { DynoSize } from '../dyno-sizes.ts'
import { objectOf, optionalBoolean, optionalText, requiredText, textMap } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { namedId } from '../named-id.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App } from '../records.ts'
import { cedar } from '../views.ts'
import { dynoView } from './dyno-view.ts'
import { appOf } from './find.ts'
import { sizeNamed } from './formation-state.ts'
import { currentRelease } from './make-release.ts'

const path = '/apps/:app/dynos'

export const dynoRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    range: ['name', 'id'],
    answer: (call) =>
      appOf(call)
        .dynos.list()
        .map((dyno) => dynoView(appOf(call), dyno)),
  },
  { method: 'GET', path: `${path}/:dyno`, answer: (call) => dynoView(appOf(call), dynoOf(call)) },
  { method: 'POST', path, status: 201, answer: runOneOff },
  { method: 'DELETE', path, status: 202, answer: (call) => restart(appOf(call), { kind: 'all' }) },
  { method: 'DELETE', path: `${path}/:dyno`, status: 202, answer: (call) => restart(appOf(call), oneOf(call)) },
  {
    method: 'DELETE',
    path: '/apps/:app/formations/:type',
    status: 202,
    answer: (call) => restart(appOf(call), typeOf(call)),
  },
  {
    method: 'POST',
    path: `${path}/:dyno/actions/stop`,
    status: 202,
    answer: (call) => stop(appOf(call), oneOf(call)),
  },
  {
    method: 'POST',
    path: '/apps/:app/formations/:type/actions/stop',
    status: 202,
    answer: (call) => stop(appOf(call), typeOf(call)),
  },
  { method: 'GET', path: '/dyno-sizes', range: ['name', 'id'], answer: (call) => sizes(call) },
  {
    method: 'GET',
    path: '/dyno-sizes/:size',
    answer: (call) => sizeView(sizeOf(call.params['size'] ?? ''), call.accept.version === '3.sdk'),
  },
  { method: 'GET', path: '/apps/:app/available-dyno-sizes', range: ['name', 'id'], answer: (call) => sizes(call) },
]

function dynoOf(call: Call): Dyno {
  const text = call.params['dyno'] ?? ''
  const dyno = appOf(call)
    .dynos.list()
    .find(({ id, name }) => id === text || name === text)
  if (dyno === undefined) throw notFound('dyno')
  return dyno
}

const oneOf = (call: Call): DynoSelection => ({ kind: 'dyno', name: dynoOf(call).name })

function typeOf(call: Call): DynoSelection {
  const type = call.params['type'] ?? ''
  if (!appOf(call).formation.has(type)) throw notFound('formation', 'process type')
  return { kind: 'type', type }
}

function restart(app: App, which: DynoSelection): object {
  app.dynos.restart(which)
  return {}
}

function stop(app: App, which: DynoSelection): object {
  app.dynos.stop(which)
  return {}
}

function runOneOff(call: Call): object {
  const app = appOf(call)
  const body = objectOf(call.body)
  const release = currentRelease(app)
  if ((release?.slug ?? null) === null)
    throw invalidParams(`Cannot run a dyno: nothing was deployed to ${app.name} yet.`)
  if (optionalBoolean(body, 'attach') === true) {
    throw invalidParams('The local emulator has no attached dynos: use heroku run:detached, and heroku logs.')
  }
  const dyno = app.dynos.runOneOff({
    command: requiredText(body, 'command'),
    size: sizeNamed(optionalText(body, 'size') ?? 'Basic').name,
    env: { ...release?.configVars, ...textMap(body, 'env') },
    timeToLiveSeconds: secondsOf(body['time_to_live']),
  })
  return dynoView(app, dyno)
}

function secondsOf(value: unknown): number | null {
  if (value === undefined || value === null) return null
  const seconds = Number(value)
  if (!Number.isInteger(seconds) || seconds < 1) throw invalidParams('time_to_live must be a whole number of seconds.')
  return seconds
}

const sizes = (call: Call): readonly object[] =>
  dynoSizes.map((size) => sizeView(size, call.accept.version === '3.sdk'))

function sizeOf(idOrName: string): DynoSize {
  const found = dynoSizes.find(
    ({ name }) => namedId(name) === idOrName || name.toLowerCase() === idOrName.toLowerCase(),
  )
  if (found === undefined) throw notFound('dyno_size', 'dyno size')
  return found
}

function sizeView({ name, tier, memoryGb, monthlyDollars }: DynoSize, isSdk: boolean): object {
  const isDedicated = !['eco', 'basic', 'standard'].includes(tier)
  const isPrivate = tier === 'private' || tier === 'shield'
  return {
    architecture: 'amd64',
    compute: Math.max(1, Math.round(memoryGb)),
    cost: { cents: monthlyDollars * 100, unit: 'month' },
    dedicated: isDedicated,
    generation: cedar,
    id: namedId(name),
    memory: memoryGb,
    name,
    precise_dyno_units: Math.max(1, memoryGb),
    private_space_only: isPrivate,
    ...(isSdk ? { can_autoscale: isDedicated, infrastructure_tier: tier, product_dyno_tier: tier } : {}),
  }
}
