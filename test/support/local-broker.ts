import { homedir } from 'node:os'
import { Secret } from '../../src/base/secret.ts'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import { cacheFolder } from '../../src/local/artifact/cache-folder.ts'
import { startBroker, type Broker } from '../../src/local/broker/broker.ts'

/** A broker from the cache of this machine's user, with jars fetched if need be. */
export function startTestBroker(): Promise<Broker> {
  return startBroker({
    cache: {
      folder: cacheFolder(process.env, homedir()),
      repository: process.env['WEIRKEEPER_MAVEN_REPOSITORY'],
    },
  })
}

/** What a tenant of the basic plan is given. */
export async function basicTenant(broker: Broker, prefix: string): Promise<ClusterAddress> {
  const { trustedCert, clientCert, clientKey } = await broker.issueCredentials(prefix)
  return {
    brokers: [broker.addresses.basic],
    tls: { trusted: trustedCert, certificate: clientCert, key: new Secret(clientKey) },
  }
}
