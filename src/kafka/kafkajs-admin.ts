import { createSecureContext } from 'node:tls'
import type { Admin } from 'kafkajs'
import { recordsWaiting, type GroupDescription, type KafkaAdmin, type KafkaAnswer, type PartitionLag } from './admin.ts'
import type { ClusterAddress } from './cluster-address.ts'
import { openKafkajs, type KafkajsOptions } from './kafkajs-admin-client.ts'
import { Sockets } from './kafkajs-admin-sockets.ts'
import { certificateRefused, noAnswer, readAdminFailure } from './kafkajs-admin-failure.ts'

export interface KafkajsAdminOptions {
  readonly clientId: string
  readonly log?: KafkajsOptions['log']
  /** How long a call may take, connecting included. */
  readonly deadlineMs?: number
}

/**
 * The operator's look into Kafka, on kafkajs. It connects with the first call and
 * stays connected; after a failure the next call starts with a new connection.
 */
export class KafkajsAdmin implements KafkaAdmin {
  readonly #address: ClusterAddress
  readonly #options: KafkajsAdminOptions
  readonly #deadlineMs: number
  #connection: Connection | undefined

  constructor(address: ClusterAddress, options: KafkajsAdminOptions) {
    this.#address = address
    this.#options = options
    this.#deadlineMs = options.deadlineMs ?? 10_000
  }

  partitions(topics: readonly string[], signal: AbortSignal): Promise<KafkaAnswer<ReadonlyMap<string, number>>> {
    return this.#ask(`topics ${topics.join(', ')}`, signal, (admin) => partitionCounts(admin, topics))
  }

  group(id: string, signal: AbortSignal): Promise<KafkaAnswer<GroupDescription>> {
    return this.#ask(`group ${id}`, signal, (admin) => describeGroup(admin, id))
  }

  lag(group: string, topics: readonly string[], signal: AbortSignal): Promise<KafkaAnswer<readonly PartitionLag[]>> {
    return this.#ask(`the lag of group ${group}`, signal, (admin) => lagOf(admin, group, topics))
  }

  close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    return connection?.close() ?? Promise.resolve()
  }

  async #ask<T>(about: string, signal: AbortSignal, question: (admin: Admin) => Promise<T>): Promise<KafkaAnswer<T>> {
    signal.throwIfAborted()
    const asked = { brokers: this.#address.brokers, about }
    const fault = faultInPem(this.#address)
    if (fault !== undefined) return certificateRefused(asked, fault)
    const deadline = AbortSignal.timeout(this.#deadlineMs)
    const connection = (this.#connection ??= new Connection(this.#address, this.#options))
    const answer = connection.admin.then(question)
    try {
      const value = await Promise.race([answer, ending(AbortSignal.any([signal, deadline]))])
      return { kind: 'answer', value }
    } catch (error) {
      const failure = readAdminFailure(error, asked)
      // A refusal is an answer: the connection stays, for other calls may be under way on it.
      if (failure?.kind === 'unauthorised') return failure
      if (this.#connection === connection) this.#connection = undefined
      await Promise.allSettled([connection.cut(), answer])
      signal.throwIfAborted()
      if (deadline.aborted) return noAnswer(asked, `nothing came within ${this.#deadlineMs / 1000} s`)
      if (failure === undefined) throw error
      return failure
    }
  }
}

/** One connected client of kafkajs, or one that is trying to be. */
class Connection {
  readonly admin: Promise<Admin>
  readonly #sockets = new Sockets()
  readonly #client: Admin

  constructor(address: ClusterAddress, { clientId, log }: KafkajsAdminOptions) {
    this.#client = openKafkajs(address, {
      clientId,
      retries: 3,
      connectionTimeoutMs: 3_000,
      sockets: this.#sockets,
      ...(log !== undefined && { log }),
    }).admin()
    this.admin = this.#client.connect().then(() => this.#client)
  }

  /** Lets calls under way end. */
  async close(): Promise<void> {
    await this.#client.disconnect()
  }

  /** Fails calls under way. */
  async cut(): Promise<void> {
    this.#sockets.cut()
    await this.#client.disconnect()
  }
}

/** Text that is no certificate or key, or a key of another certificate. Found before connecting, where it would look like a dead broker. */
function faultInPem({ tls }: ClusterAddress): string | undefined {
  if (tls === undefined) return undefined
  try {
    createSecureContext({ ca: tls.trusted, cert: tls.certificate, key: tls.key.reveal() })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function ending(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('broken off'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Asks for all topics that may be seen: a request that names a missing one fails as a whole, and may even create it. */
async function partitionCounts(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { topics: all } = await admin.fetchTopicMetadata()
  const counts = new Map(all.map(({ name, partitions }) => [name, partitions.length]))
  return new Map(
    topics.flatMap((topic) => {
      const count = counts.get(topic)
      return count === undefined ? [] : [[topic, count] as const]
    }),
  )
}

const states = ['Stable', 'Empty', 'Dead', 'PreparingRebalance', 'CompletingRebalance'] as const

async function describeGroup(admin: Admin, id: string): Promise<GroupDescription> {
  const { groups } = await admin.describeGroups([id])
  const [group] = groups
  return {
    state: states.find((state) => state === group?.state) ?? 'Unknown',
    members: (group?.members ?? []).map(({ memberId, clientId, clientHost }) => ({
      id: memberId,
      clientId,
      host: clientHost,
    })),
  }
}

/** Committed offsets first: whatever is committed meanwhile then shows as lag, never as a negative one. */
async function lagOf(admin: Admin, group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
  const there = [...(await partitionCounts(admin, topics)).keys()]
  if (there.length === 0) return []
  const committed = await committedOffsets(admin, group, there)
  const lags = await Promise.all(
    there.map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic)
      return offsets.map(({ partition, low, high }) => {
        const next = committed.get(`${topic} ${partition}`) ?? null
        return { topic, partition, committed: next, records: recordsWaiting(next, Number(low), Number(high)) }
      })
    }),
  )
  return lags.flat().toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
}

/** Kafka spells "none committed" -1. */
async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await admin.fetchOffsets({ groupId, topics: [...topics] })
  return new Map(
    found.flatMap(({ topic, partitions }) =>
      partitions
        .map(({ partition, offset }) => [`${topic} ${partition}`, Number(offset)] as const)
        .filter(([, offset]) => offset >= 0),
    ),
  )
}
