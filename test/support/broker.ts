import { Secret } from '../../src/base/secret.ts'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import { startBroker, type Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { machineCache } from './machine-cache.ts'

/** A broker in a temporary folder; whoever starts it closes it. */
export const startTestBroker = (): Promise<Broker> => startBroker({ cache: machineCache() })

/** What a client needs to come in with issued credentials, by one of the two ways. */
export const addressFor = (address: string, credentials: KafkaCredentials): ClusterAddress => ({
  brokers: [address],
  tls: {
    trusted: credentials.trustedCert,
    certificate: credentials.clientCert,
    key: new Secret(credentials.clientKey),
  },
})

/** What a tenant of the basic plan is given. */
export async function basicTenant(broker: Broker, prefix: string): Promise<ClusterAddress> {
  return addressFor(broker.addresses.basic, await broker.issueCredentials(prefix))
}
