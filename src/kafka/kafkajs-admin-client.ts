import { Kafka, logLevel, type KafkaConfig } from 'kafkajs'
import type { KafkaConnection } from './credentials.ts'
import { restIdleQueues } from './kafkajs-idle-timers.ts'

export type KafkaLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string) => void

export interface KafkaClientOptions {
  readonly clientId: string
  readonly log?: KafkaLog
  readonly retries: number
  readonly connectionTimeoutMs?: number
  readonly requestTimeoutMs?: number
}

/** kafkajs over mutual TLS. Its own JSON log lines go to `log`, or nowhere. */
export function kafkajsClient({ brokers, tls }: KafkaConnection, options: KafkaClientOptions): Kafka {
  restIdleQueues()
  const { log } = options
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...brokers],
    connectionTimeout: options.connectionTimeoutMs ?? 3_000,
    requestTimeout: options.requestTimeoutMs ?? 5_000,
    retry: { retries: options.retries, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) => log?.(levelOf(entry.level), entry.log.message),
  }
  if (tls === null) return new Kafka(config)
  return new Kafka({
    ...config,
    ssl: {
      ca: [tls.trustedCert],
      cert: tls.clientCert,
      key: tls.clientKey.reveal(),
      // Heroku's broker certificates do not carry the names in KAFKA_URL; every official sample switches this
      // check off (ssl.endpoint.identification.algorithm=""). The chain is still checked, against the cluster's own authority.
      checkServerIdentity: () => undefined,
    },
  })
}

function levelOf(level: logLevel): 'error' | 'warn' | 'info' | 'debug' {
  if (level === logLevel.ERROR) return 'error'
  if (level === logLevel.WARN) return 'warn'
  return level === logLevel.INFO ? 'info' : 'debug'
}
