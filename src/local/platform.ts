import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { systemClock } from '../host/system-clock.ts'
import type { ArtifactCache } from './artifact/artifact-cache.ts'
import type { FetchProgress } from './artifact/fetch-artifacts.ts'
import { awaitedCluster } from './awaited-cluster.ts'
import type { LocalCluster } from './cluster.ts'
import { startBroker, type Broker } from './broker/broker.ts'
import { startControlPlane, type ControlPlane } from './control-plane.ts'
import { createSlugBuilder } from './build/slug-builder.ts'
import type { DynoManager } from './dyno/dyno-manager.ts'
import { createDynos } from './dyno/dynos.ts'
import { startGuardian, type Guardian } from './dyno/guardian.ts'
import { createProcessLauncher } from './dyno/process-launcher.ts'
import { portIsOpen } from './dyno/web-port.ts'
import { freePort } from './free-ports.ts'
import { secretFrom, type Chance } from './heroku/chance.ts'
import { dynoSizeNamed } from './heroku/dyno-sizes.ts'
import { startHeroku } from './heroku/heroku.ts'
import type { Knobs } from './heroku/http/knobs.ts'
import type { Heroku, HerokuOptions } from './heroku/options.ts'

export interface PlatformOptions {
  /** This package's folder: dynos find its commands on their PATH, and apps that depend on it get it. */
  readonly root: string
  readonly cache: ArtifactCache
  /** Our own environment. Build tools need it; dynos get its PATH and nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The Platform API's port; the Kafka data API takes the next one. 0: free ports. */
  readonly port?: number | undefined
  /** Kafka's records and certificates are kept here. Left out: nothing is kept. */
  readonly persist?: string | undefined
  /** Starts the control plane beside Heroku: its API, and a controller that keeps what is declared there. */
  readonly controlPlane?: boolean | undefined
  /** Holds dynos to the memory of their size (R14, R15). */
  readonly memoryQuota?: boolean | undefined
  readonly onEvent?: ((event: PlatformEvent) => void) | undefined
  /** Breaks off a start. */
  readonly signal?: AbortSignal | undefined
}

/** What a person who waits wants to see. */
export type PlatformEvent =
  | ({ readonly kind: 'fetching' } & FetchProgress)
  | { readonly kind: 'heroku-ready'; readonly apiUrl: string; readonly afterMs: number }
  | { readonly kind: 'kafka-ready'; readonly addresses: Broker['addresses']; readonly afterMs: number }
  | { readonly kind: 'warning'; readonly message: string }

export interface Platform {
  readonly heroku: {
    readonly apiUrl: string
    readonly dataHost: string
    readonly apiKey: string
    readonly caFile: string
  }
  readonly kafka: { readonly dedicated: string; readonly basic: string }
  /** Undefined where no control plane was asked for. */
  readonly server?: { readonly url: string; readonly kubeconfig: string }
  /** The emulator's knobs: faults, latency, the log of requests, the daily restart. */
  readonly knobs: Knobs
  /** The process of a running dyno: what a test or a demo kills. */
  processOf(app: string, dyno: string): number | null
  /** Resolves when the broker has ended, asked to or not, and says how. */
  readonly brokerExited: Promise<string>
  /** Ends the dynos while the broker still answers, then everything else. Nothing is left. */
  close(): Promise<void>
}

/** A cool-off that starts at 20 minutes, as Heroku's, is of no use at a desk. */
const coolOff = { firstMs: 5_000, ceilingMs: 300_000 }

const pace = { graceMs: 30_000, bootMs: 60_000, coolOff, forgivenAfterMs: 600_000, memoryEveryMs: 5_000 }

/** Starts a Kafka broker and a Heroku emulator side by side, in one process tree. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const startedMs = systemClock.now()
  const guardian = startGuardian()
  const tell = (event: PlatformEvent): void => options.onEvent?.(event)
  const afterMs = (): number => systemClock.now() - startedMs
  const brokenOff = new AbortController()
  const signal = AbortSignal.any([brokenOff.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const brokerStarting = startBrokerIn(options, signal)
  const apps = new Map<string, DynoManager>()
  const herokuStarting = startEmulator(options, { guardian, apps, cluster: awaitedCluster(brokerStarting) })
  herokuStarting.then(
    ({ apiUrl }) => tell({ kind: 'heroku-ready', apiUrl, afterMs: afterMs() }),
    () => brokenOff.abort(),
  )
  brokerStarting.then(
    ({ addresses }) => tell({ kind: 'kafka-ready', addresses, afterMs: afterMs() }),
    () => undefined, // Reported below, to the one who called.
  )
  const [herokuStart, brokerStart] = await Promise.allSettled([herokuStarting, brokerStarting])
  const [heroku, broker] = [valueOf(herokuStart), valueOf(brokerStart)]
  const [planeStart] = await Promise.allSettled([startPlaneFor(options, heroku, guardian)])
  const plane = valueOf(planeStart)
  const close = closer({ heroku, broker, plane, guardian })
  if (heroku === null || broker === null || planeStart.status === 'rejected' || signal.aborted) {
    await close()
    throw failureOf(herokuStart) ?? failureOf(brokerStart) ?? failureOf(planeStart) ?? signal.reason
  }
  const { apiUrl, dataHost, apiKey, caFile, knobs } = heroku
  const kafka = broker.addresses
  const processOf = (app: string, dyno: string): number | null =>
    apps
      .get(app)
      ?.list()
      .find(({ name }) => name === dyno)?.pid ?? null
  const server = plane === null ? {} : { server: { url: plane.url, kubeconfig: plane.kubeconfig } }
  return {
    heroku: { apiUrl, dataHost, apiKey, caFile },
    kafka,
    ...server,
    knobs,
    processOf,
    brokerExited: broker.exited,
    close,
  }
}

const valueOf = <T>(settled: PromiseSettledResult<T>): T | null =>
  settled.status === 'fulfilled' ? settled.value : null

const failureOf = (settled: PromiseSettledResult<unknown>): unknown =>
  settled.status === 'rejected' ? settled.reason : undefined

/** Null where none was asked for, or where there is no Heroku for it. */
async function startPlaneFor(
  { controlPlane = false, root, env }: PlatformOptions,
  heroku: Heroku | null,
  guardian: Guardian,
): Promise<ControlPlane | null> {
  return controlPlane && heroku !== null ? startControlPlane({ root, heroku, guardian, path: env['PATH'] ?? '' }) : null
}

async function startBrokerIn({ cache, persist, onEvent }: PlatformOptions, signal: AbortSignal): Promise<Broker> {
  if (persist !== undefined) await mkdir(persist, { recursive: true })
  return startBroker({
    cache,
    signal,
    ...(persist !== undefined && { folder: join(persist, 'kafka') }),
    onProgress: (progress) => onEvent?.({ kind: 'fetching', ...progress }),
  })
}

interface EmulatorParts {
  readonly guardian: Guardian
  readonly cluster: LocalCluster
  /** By the name of the app: filled as apps are made. */
  readonly apps: Map<string, DynoManager>
}

async function startEmulator(options: PlatformOptions, { guardian, cluster, apps }: EmulatorParts): Promise<Heroku> {
  const { root, port = 0 } = options
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-dynos-'))
  guardian.remove(folder)
  const path = searchPath(options)
  const chance: Chance = Math.random
  const heroku = await startHeroku({
    cluster,
    dynos: dynoFactory({ guardian, apps, folder, path, chance, hasQuota: options.memoryQuota ?? false }),
    buildSlug: createSlugBuilder({ guardian, path, env: definedOnly(options.env), weirkeeper: root }),
    clock: systemClock,
    chance,
    apiKey: secretFrom(chance),
    port,
    dataPort: port === 0 ? 0 : port + 1,
    log: (message, fields) => options.onEvent?.({ kind: 'warning', message: `${message} ${JSON.stringify(fields)}` }),
  })
  // The emulator removes its folder itself; this is for the day it is killed.
  guardian.remove(dirname(heroku.caFile))
  return heroku
}

interface DynoHouse extends Omit<EmulatorParts, 'cluster'> {
  readonly folder: string
  readonly path: readonly string[]
  readonly chance: Chance
  readonly hasQuota: boolean
}

/** One dyno manager per app; all share the place where processes are started. */
function dynoFactory({ guardian, apps, folder, path, chance, hasQuota }: DynoHouse): HerokuOptions['dynos'] {
  const clock = systemClock
  const launcher = createProcessLauncher({ guardian, clock, folder, path })
  const memoryQuotaBytes = (size: string): number | null => {
    const memoryGb = dynoSizeNamed(size)?.memoryGb
    return hasQuota && memoryGb !== undefined ? memoryGb * 2 ** 30 : null
  }
  return ({ name }) => {
    const dynos = createDynos({ launcher, clock, chance, pace, memoryQuotaBytes, freePort, portIsOpen })
    apps.set(name, dynos)
    return dynos
  }
}

/** Our Node and `weir` first, then where java, npm and mvn are found. */
const searchPath = ({ root, env }: PlatformOptions): readonly string[] => [
  join(root, 'node_modules', '.bin'),
  join(root, 'bin'),
  ...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
]

const definedOnly = (env: PlatformOptions['env']): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))

interface Started {
  readonly heroku: Heroku | null
  readonly broker: Broker | null
  readonly plane: ControlPlane | null
  readonly guardian: Guardian
}

/** The controller first, so that nobody starts dynos again; then the dynos: a worker commits its last work to a broker that is there. */
function closer({ heroku, broker, plane, guardian }: Started): () => Promise<void> {
  const close = async (): Promise<void> => {
    await plane?.close()
    await heroku?.close()
    await broker?.close()
    await guardian.close()
  }
  let closing: Promise<void> | null = null
  return () => (closing ??= close())
}
