import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactsFor } from '../artifact/artifact.ts'
import type { ArtifactCache } from '../artifact/artifact-cache.ts'
import { fetchArtifacts, type FetchProgress } from '../artifact/fetch-artifacts.ts'
import type { LocalCluster } from '../cluster.ts'
import { prepareBrokerFolder, type BrokerFolder } from './broker-folder.ts'
import { launchBroker, type RunningBroker } from './broker-process.ts'
import { classDataArchive, makeArchive, type ClassDataArchive } from './class-data-archive.ts'
import { formatFolder } from './format-folder.ts'
import { javaVersion } from './java-runtime.ts'
import { LocalKafka } from './local-kafka.ts'
import type { BrokerPorts } from './server-properties.ts'

export interface BrokerOptions {
  readonly cache: ArtifactCache
  /** Keeps records and certificate authority here for the next start. Left out: a temporary folder, removed by `close`. */
  readonly folder?: string | undefined
  /** While the broker's jars are fetched, on the first run. */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined
  readonly readyWithinMs?: number
  /** Opens a port without TLS, too, where everybody may do everything: for programs that can show no certificate. */
  readonly plaintext?: boolean
  /** Takes more memory and a slower start for the sake of throughput: for measurements. */
  readonly forLoad?: boolean
  /** Those of an earlier start in the same folder, so that its clients find it again. */
  readonly ports?: BrokerPorts | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Broker extends LocalCluster {
  /** The JVM. */
  readonly pid: number
  readonly logFile: string
  readonly ports: BrokerPorts
  /** Resolves when the JVM has ended, asked to or not, and says how. */
  readonly exited: Promise<string>
  /** Resolves when the class-data archive is in the cache, so that the next start is a fast one; or to why it is not. */
  readonly archived: Promise<Error | undefined>
  /** Ends the JVM: SIGTERM, then SIGKILL. A temporary folder is removed. */
  close(): Promise<void>
}

/**
 * A real Apache Kafka broker on this machine, with two ways in: *dedicated* and
 * *basic*, as Heroku sells them. Ready in about two seconds once its jars and
 * its class-data archive are in the cache; the first start fetches and prepares both.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { cache, onProgress } = options
  const signal = options.signal ?? new AbortController().signal
  if (process.platform === 'win32') throw new Error('the local broker needs a POSIX system: run it under WSL')
  const [java, classPath] = await Promise.all([
    javaVersion(),
    fetchArtifacts(artifactsFor('broker'), { cache, onProgress, signal }),
  ])
  const path = options.folder ?? (await mkdtemp(join(tmpdir(), 'weirkeeper-broker-')))
  const removeFolder = async (): Promise<void> => {
    if (options.folder === undefined) await rm(path, { recursive: true, force: true })
  }
  try {
    const folder = await prepareBrokerFolder(path, Date.now())
    await mkdir(cache.folder, { recursive: true })
    await formatFolder(folder.data, cache.folder, classPath)
    const archive = classDataArchive(cache.folder, java, classPath)
    const running = await launchBroker({
      folder,
      classPath,
      archive,
      doomed: options.folder === undefined ? path : '',
      readyWithinMs: options.readyWithinMs ?? 60_000,
      plaintext: options.plaintext ?? false,
      forLoad: options.forLoad ?? false,
      ports: options.ports,
      signal,
    })
    return await opened(running, { folder, archive, classPath, removeFolder })
  } catch (error) {
    await removeFolder()
    throw error
  }
}

interface Opened {
  readonly folder: BrokerFolder
  readonly archive: ClassDataArchive
  readonly classPath: readonly string[]
  readonly removeFolder: () => Promise<void>
}

/** How long `close` waits for an archive that is being made: it is worth a few seconds once. */
const archivePatienceMs = 20_000

async function opened(running: RunningBroker, { folder, archive, classPath, removeFolder }: Opened): Promise<Broker> {
  const { process, ports, admin } = running
  const kafka = new LocalKafka(admin, folder, ports)
  try {
    await kafka.warmUp(60_000)
  } catch (error) {
    await admin.disconnect()
    await process.stop(5_000)
    throw error
  }
  const giveUp = new AbortController()
  const archived = archive.isThere
    ? Promise.resolve(undefined)
    : makeArchive(archive, folder.classList, classPath, giveUp.signal)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await admin.disconnect()
    await process.stop(10_000)
    const alarm = setTimeout(() => giveUp.abort(), archivePatienceMs)
    await archived
    clearTimeout(alarm)
    await removeFolder()
  }
  return Object.assign(kafka, {
    pid: process.pid,
    ports,
    logFile: folder.log,
    exited: process.exited,
    archived,
    close: () => (closing ??= close()),
  })
}
