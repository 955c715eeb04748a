import { readFile } from 'node:fs/promises'
import type { Admin } from 'kafkajs'
import { Secret } from '../../base/secret.ts'
import { openKafkajs } from '../../kafka/kafkajs-admin-client.ts'
import { configureBroker, type BrokerFolder } from './broker-folder.ts'
import { archiveFlags, type ClassDataArchive } from './class-data-archive.ts'
import { freePorts } from '../free-ports.ts'
import { javaArguments, leanFlags, spawnGuarded, swiftFlags, type GuardedProcess } from './java.ts'
import type { BrokerPorts } from './server-properties.ts'

export interface Launch {
  readonly folder: BrokerFolder
  readonly classPath: readonly string[]
  readonly archive: ClassDataArchive
  /** Removed by the guard when we die before `close`; empty keeps the folder. */
  readonly doomed: string
  readonly readyWithinMs: number
  readonly plaintext: boolean
  readonly forLoad: boolean
  /** Ports of an earlier start; undefined finds free ones. */
  readonly ports: BrokerPorts | undefined
  readonly signal: AbortSignal
}

/** A broker that answers, and the owner's connection to it. */
export interface RunningBroker {
  readonly process: GuardedProcess
  readonly ports: BrokerPorts
  readonly admin: Admin
}

const launches = 3

/** Starts the broker's JVM and waits until it answers. Another program may take a port first: then others are tried. */
export async function launchBroker(launch: Launch): Promise<RunningBroker> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = launch.ports ?? (await choosePorts(launch.plaintext))
    await configureBroker(launch.folder, ports)
    const process = spawnGuarded(['java', ...brokerArguments(launch)], launch.folder.log, launch.doomed)
    try {
      return { process, ports, admin: await connectOwner(process, ports, launch) }
    } catch (cause) {
      await process.stop(5_000)
      const tail = await lastLines(launch.folder.log)
      if (attempt < launches && /Address already in use|BindException/.test(tail)) continue
      throw new Error(`${cause instanceof Error ? cause.message : String(cause)}. The end of its log:\n${tail}`, {
        cause,
      })
    }
  }
}

async function choosePorts(withPlaintext: boolean): Promise<BrokerPorts> {
  const [dedicated = 0, basic = 0, controller = 0, plaintext] = await freePorts(withPlaintext ? 4 : 3)
  return { dedicated, basic, controller, plaintext }
}

const brokerArguments = ({ folder, classPath, archive, forLoad }: Launch): readonly string[] =>
  javaArguments({
    flags: [
      ...(forLoad ? swiftFlags : leanFlags),
      `-Dlog4j2.configurationFile=${folder.logging}`,
      ...archiveFlags(archive, folder.classList),
    ],
    classPath,
    mainClass: 'kafka.Kafka',
    arguments: [folder.properties],
  })

async function connectOwner(process: GuardedProcess, ports: BrokerPorts, launch: Launch): Promise<Admin> {
  const deadline = AbortSignal.any([AbortSignal.timeout(launch.readyWithinMs), launch.signal])
  const probe = ownerAdmin(launch.folder, ports, 0)
  try {
    for (;;) {
      if (process.end !== undefined) throw new Error(`the Kafka broker ended before it was ready (${process.end})`)
      if (launch.signal.aborted) throw new Error('the start of the Kafka broker was broken off')
      if (deadline.aborted) throw new Error(`the Kafka broker was not ready within ${launch.readyWithinMs / 1000} s`)
      if (await answers(probe)) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    await probe.disconnect()
  }
  const admin = ownerAdmin(launch.folder, ports, 8)
  await admin.connect()
  return admin
}

/** Ready is: the broker answers a Metadata request and counts itself in. */
async function answers(admin: Admin): Promise<boolean> {
  try {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length > 0
  } catch {
    // Not listening yet, or not serving yet: what `connectOwner` waits for, up to its deadline.
    return false
  }
}

function ownerAdmin(folder: BrokerFolder, ports: BrokerPorts, retries: number): Admin {
  const tls = {
    trusted: folder.authority.pair.certificate,
    certificate: folder.owner.certificate,
    key: new Secret(folder.owner.key),
  }
  const options = { clientId: 'weirkeeper-owner', retries, connectionTimeoutMs: 1_000 }
  return openKafkajs({ brokers: [`127.0.0.1:${ports.dedicated}`], tls }, options).admin()
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-20).join('\n')
}
