import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fieldsOf } from '../../src/base/fields-of.ts'
import { tidyFinalizer } from '../../src/controller/keep/keep-stream-app.ts'
import type { Heroku } from '../../src/local/heroku/options.ts'
import { asJson } from '../../src/record/as-json.ts'
import { declare } from '../../src/record/object-life.ts'
import type { StoredObject } from '../../src/record/record.ts'
import { whyNotLevel, writesSince } from '../soak/control/judge.ts'
import type { Tell } from '../run-by-name.ts'
import type { Bench } from './bench.ts'
import { ControlPlane, workers } from './controller/control-plane.ts'
import { ask } from '../../test/support/deploy.ts'
import { makeApps, startEmulator } from './controller/emulator.ts'
import { streamAppOf } from './controller/manifests.ts'
import { describeMachine } from './machine.ts'
import { markdownTable } from './markdown-table.ts'
import { quantile } from './quantile.ts'
import { writeResults } from './write-results.ts'
import { until } from '../../test/support/until.ts'

export const bench: Bench = {
  summary:
    'the controller: StreamApps from nothing to Ready, drift heard of and healed, calls of a pass that changes nothing',
  usage: '[--apps 1000] [--clusters 20] [--drifts 100] [--unheard]',
  async run(args, tell) {
    const options = {
      apps: { type: 'string', default: '1000' },
      clusters: { type: 'string', default: '20' },
      drifts: { type: 'string', default: '100' },
      unheard: { type: 'boolean', default: false },
    } as const
    const { values } = parseArgs({ args: [...args], options })
    const [apps, clusters, drifts] = [Number(values.apps), Number(values.clusters), Number(values.drifts)]
    await measure({ apps, clusters, drifts, unheard: values.unheard }, tell)
  },
}

interface Size {
  readonly apps: number
  readonly clusters: number
  readonly drifts: number
  /** Also how soon drift is found that no webhook tells of: with a thousand apps that takes half an hour. */
  readonly unheard: boolean
}

const latencyMs = 50
const patience = { withinMs: 300_000, everyMs: 20 }
/** Terraform's Heroku providers ask 20 times for an app with 8 topics and one group whose plan is empty. */
const terraformCalls = 20

async function measure(size: Size, tell: Tell): Promise<void> {
  const machine = describeMachine(loadavg()[0] ?? 0)
  const heroku = await startEmulator()
  try {
    heroku.knobs.rateLimit.enabled = false
    const names = Array.from({ length: size.apps }, (_, index) => `app-${index}`)
    await makeApps(heroku, names, Math.ceil(size.apps / size.clusters))
    tell(`${size.apps} apps on ${size.clusters} clusters are deployed; each call takes ${latencyMs} ms from now on`)
    heroku.knobs.latencyMs = latencyMs
    await using plane = await ControlPlane.start(heroku)
    const rows = await phases(plane, heroku, { ...size, names, tell })
    const markdown = [
      `${size.apps} StreamApps (four topics and a group each) on ${size.clusters} clusters, ${latencyMs} ms a call, ${workers} passes`,
      'side by side. The controller, the API, Postgres and the emulator are processes of their own; dynos and the Kafka behind the',
      'emulator are in memory.',
      '',
      ...markdownTable(
        ['what', 'measured', 'wanted'],
        rows.map(({ what, value, unit, wanted }) => [what, `${value} ${unit}`.trim(), wanted]),
      ),
    ]
    for (const line of markdown) tell(line)
    tell(`written to ${await writeResults({ name: 'controller', machine, rows, markdown })}`)
  } finally {
    await heroku.close()
  }
}

interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly wanted: string
}

interface Course extends Pick<Size, 'drifts' | 'unheard'> {
  readonly names: readonly string[]
  readonly tell: Tell
}

async function phases(
  plane: ControlPlane,
  heroku: Heroku,
  { names, drifts, unheard, tell }: Course,
): Promise<readonly Row[]> {
  const { requests, rateLimit } = heroku.knobs
  requests.length = 0
  const readySeconds = await untilReady(plane, names)
  const written = requests.filter(({ method }) => method !== 'GET').length
  tell(`all Ready after ${readySeconds.toFixed(1)} s; ${requests.length} calls, ${written} of them writes`)
  await until(async () => (await objectsOf(plane)).every(hears), 'every app’s webhook registered', patience)
  await heroku.knobs.settled()
  tell('every app’s webhook is registered')

  rateLimit.enabled = true
  rateLimit.tokens = 4_500
  const healed = await healDrifts(heroku, names, drifts)
  tell(`${healed.length} drifts healed`)
  await until(async () => (await objectsOf(plane)).every(isLevel), 'all Ready again', patience)
  await heroku.knobs.settled()

  rateLimit.tokens = 4_500
  const peakBefore = await plane.peakMemory()
  requests.length = 0
  await plane.restartClock()
  await untilQuiet(heroku)
  const platform = requests.filter(({ host }) => host === 'platform').length
  const data = requests.length - platform
  const writes = writesSince(heroku, 0)
  tell(`a pass over all: ${platform} calls of the Platform API, ${data} of the data API`)
  const peak = Math.max(peakBefore, await plane.peakMemory())
  const found = unheard ? [await findUnheard(plane, heroku, names, tell)] : []
  const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
  return [
    { what: 'from an empty record to all Ready', value: round(readySeconds), unit: 's', wanted: '≤ 60 s' },
    { what: 'calls for that, each app', value: round(written / names.length, 2), unit: 'writes', wanted: '' },
    {
      what: `drift heard of by webhook to healed, median of ${healed.length}`,
      value: Math.round(quantile(healed, 0.5)),
      unit: 'ms',
      wanted: '',
    },
    { what: 'the same, 99 of 100', value: Math.round(quantile(healed, 0.99)), unit: 'ms', wanted: '< 2000 ms' },
    {
      what: 'calls of the Platform API, a pass that changes nothing',
      value: round(platform / names.length, 2),
      unit: '',
      wanted: `≤ 1 (Terraform: ${terraformCalls})`,
    },
    { what: 'calls of the data API, all StreamApps together', value: data, unit: '', wanted: '' },
    { what: 'writes of such passes', value: writes.length, unit: '', wanted: '0' },
    ...found,
    { what: 'peak memory of the controller', value: round(peak), unit: 'MiB', wanted: '≤ 150 MiB' },
  ]
}

/** Declares all at once, and waits. */
async function untilReady({ record }: ControlPlane, names: readonly string[]): Promise<number> {
  const begun = performance.now()
  await record.write(
    names.map((name) => {
      const { apiVersion, kind, metadata, spec } = streamAppOf(name)
      const declaration = { apiVersion, kind, metadata, spec: asJson(spec) }
      const object = declare(undefined, declaration, { uid: name, at: new Date(), finalizers: [tidyFinalizer] })
      const key = { kind, namespace: metadata.namespace, name: metadata.name }
      return { kind: 'put', key, body: asJson(object), expected: 'absent', actor: 'bench' } as const
    }),
  )
  await until(async () => (await objectsOf({ record })).every(isLevel), 'all Ready', patience)
  return (performance.now() - begun) / 1000
}

/** Scales apps to zero behind the controller's back, two a second; how long each took to be put right, in ms. */
async function healDrifts(heroku: Heroku, names: readonly string[], drifts: number): Promise<readonly number[]> {
  const { requests } = heroku.knobs
  const healed: number[] = []
  for (let index = 0; index < drifts; index += 1) {
    const name = names[(index * 7) % names.length] ?? ''
    await ask(heroku, 'PATCH', `/apps/${name}/formation/worker`, { quantity: 0 })
    const [from, begun] = [requests.length, performance.now()]
    const isHealed = () =>
      requests.slice(from).some(({ method, path }) => method === 'PATCH' && path === `/apps/${name}/formation`)
    await until(isHealed, `${name} healed`, patience)
    healed.push(performance.now() - begun)
  }
  return healed
}

/** Of a round of the resync: two calls' worth of Heroku's refill for each. docs/how-to/control-plane.md states the bound. */
const roundMsPerApp = 1_600
const shortestRoundMs = 120_000
const resyncEveryMs = 60_000

/** With the API away nobody hears of anything: drift is found by the resync, under the account's real budget. */
async function findUnheard(plane: ControlPlane, heroku: Heroku, names: readonly string[], tell: Tell): Promise<Row> {
  const boundMs = resyncEveryMs + Math.max(shortestRoundMs, names.length * roundMsPerApp)
  await plane.stopHearing()
  heroku.knobs.requests.length = 0
  await plane.restartClock('* * * * *')
  await until(async () => heroku.knobs.requests.length >= names.length, 'a look at everything', patience)
  heroku.knobs.rateLimit.tokens = 4_500
  const chosen = names.filter((_, index) => index % Math.ceil(names.length / 20) === 0)
  for (const name of chosen) await ask(heroku, 'PATCH', `/apps/${name}/formation/worker`, { quantity: 0 })
  tell(`${chosen.length} apps were scaled to zero, and nobody is told; wanted within ${boundMs / 1000} s`)
  const begun = performance.now()
  const { requests } = heroku.knobs
  const isHealed = (name: string): boolean =>
    requests.some(({ method, path }) => method === 'PATCH' && path === `/apps/${name}/formation`)
  requests.length = 0
  while (!chosen.every(isHealed) && performance.now() - begun < boundMs * 1.5) await delay(1_000)
  const seconds = (performance.now() - begun) / 1000
  const what = 'drift that nobody told of, the last of 20 found'
  return {
    what,
    value: chosen.every(isHealed) ? Math.round(seconds) : Infinity,
    unit: 's',
    wanted: `≤ ${boundMs / 1000} s`,
  }
}

/** No call for three seconds. */
async function untilQuiet({ knobs: { requests } }: Heroku): Promise<void> {
  for (let before = -1; before !== requests.length || before === 0;) {
    before = requests.length
    await delay(3_000)
  }
}

async function objectsOf({ record }: Pick<ControlPlane, 'record'>): Promise<readonly StoredObject[]> {
  return (await record.list('StreamApp')).objects
}

const isLevel = ({ body }: StoredObject): boolean => whyNotLevel(body) === undefined
const hears = ({ body }: StoredObject): boolean => typeof fieldsOf(body['status'])['hears'] === 'string'
