import { Kafka, logLevel } from 'kafkajs'
import type { ClusterAddress } from './cluster-address.ts'
import { tlsOptions } from './kafkajs-cluster.ts'
import { restIdleQueues } from './kafkajs-idle-timers.ts'
import type { Sockets } from './kafkajs-admin-sockets.ts'

export interface KafkajsOptions {
  readonly clientId: string
  readonly retries: number
  readonly connectionTimeoutMs: number
  readonly sockets?: Sockets
  /** What kafkajs would print as JSON lines: constant messages with fields, from warnings up. Left out: nothing. */
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

/** kafkajs for asking and administering: few retries, short pauses, and no word of its own on the terminal. */
export function openKafkajs({ brokers, tls }: ClusterAddress, options: KafkajsOptions): Kafka {
  restIdleQueues()
  const { log, sockets } = options
  return new Kafka({
    clientId: options.clientId,
    brokers: [...brokers],
    ...(tls !== undefined && { ssl: tlsOptions(tls) }),
    ...(sockets !== undefined && { socketFactory: sockets.factory }),
    connectionTimeout: options.connectionTimeoutMs,
    requestTimeout: 5_000,
    retry: { retries: options.retries, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, ...fields } = entry.log
      log?.(message, fields)
    },
  })
}
