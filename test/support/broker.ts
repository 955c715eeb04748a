import { homedir } from 'node:os'
import { Secret } from '../../src/base/secret.ts'
import type { KafkaConnection } from '../../src/kafka/credentials.ts'
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

/** The connection settings of issued credentials, for one of the two ways in. */
export const connectionTo = (address: string, credentials: KafkaCredentials): KafkaConnection => ({
  brokers: [address],
  tls: {
    trustedCert: credentials.trustedCert,
    clientCert: credentials.clientCert,
    clientKey: new Secret(credentials.clientKey),
  },
})
