import Cluster from 'kafkajs/src/cluster/index.js'
import loggers from 'kafkajs/src/loggers/index.js'
import socketFactory from 'kafkajs/src/network/socketFactory.js'
import type { ClusterAddress } from './cluster-address.ts'
import { restIdleQueues } from './kafkajs-idle-timers.ts'

/** Connections to the brokers of one cluster. Its own retries are short: who calls knows how long to go on. */
export function openKafkajsCluster({ brokers, tls }: ClusterAddress, clientId: string): Cluster {
  restIdleQueues()
  return new Cluster({
    logger: loggers.createLogger({ level: 0, logCreator: () => () => undefined }),
    socketFactory: socketFactory(),
    brokers,
    ssl: tls === undefined ? undefined : tlsOptions(tls),
    clientId,
    connectionTimeout: 10_000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    isolationLevel: 1,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
  })
}

/** Heroku's brokers do not carry their host names: trust is in the certificate authority alone. */
export function tlsOptions({ trusted, certificate, key }: NonNullable<ClusterAddress['tls']>): object {
  return { ca: trusted, cert: certificate, key: key.reveal(), checkServerIdentity: () => undefined }
}
