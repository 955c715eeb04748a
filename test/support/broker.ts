import { homedir } from 'node:os'
import { Secret } from '../../src/base/secret.ts'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import { cacheFolder } from '../../src/local/artifact/cache-folder.ts'
import type { ArtifactCache } from '../../src/local/artifact/fetch-artifacts.ts'
import { startBroker, type Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'

export const testCache = (): ArtifactCache => ({
  folder: cacheFolder(process.env, homedir()),
  repository: process.env['WEIRKEEPER_MAVEN_REPOSITORY'],
})

/** A broker in a temporary folder; whoever starts it closes it. */
export const startTestBroker = (): Promise<Broker> => startBroker({ cache: testCache() })

/** What a client needs to come in with issued credentials, by one of the two ways. */
export const addressFor = (address: string, credentials: KafkaCredentials): ClusterAddress => ({
  brokers: [address],
  tls: {
    trusted: credentials.trustedCert,
    certificate: credentials.clientCert,
    key: new Secret(credentials.clientKey),
  },
})
