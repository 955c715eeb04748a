import { randomBytes } from 'node:crypto'
import type { Admin } from 'kafkajs'
import type { KafkaCredentials, LocalCluster, LocalTopic } from '../cluster.ts'
import type { BrokerFolder } from './broker-folder.ts'
import { principalFor } from './principals.ts'
import type { BrokerPorts } from './server-properties.ts'
import { Tenancy } from './tenancy.ts'
import { Topics } from './topics.ts'

/** What the owner of the local broker can do: certificates and rights, topics, groups. */
export class LocalKafka implements LocalCluster {
  readonly addresses: LocalCluster['addresses']
  readonly #folder: BrokerFolder
  readonly #admin: Admin
  readonly #tenancy: Tenancy
  readonly #topics: Topics

  constructor(admin: Admin, folder: BrokerFolder, ports: BrokerPorts) {
    this.addresses = { dedicated: `127.0.0.1:${ports.dedicated}`, basic: `127.0.0.1:${ports.basic}` }
    this.#folder = folder
    this.#admin = admin
    this.#tenancy = new Tenancy(admin)
    this.#topics = new Topics(admin, folder.data)
  }

  /**
   * Has Kafka make its offsets topic now: it does so when the first group turns
   * up, and answers COORDINATOR_NOT_AVAILABLE or NOT_COORDINATOR meanwhile.
   */
  async warmUp(withinMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(withinMs)
    for (;;) {
      try {
        await this.#admin.fetchOffsets({ groupId: 'weirkeeper-warm-up', topics: [] })
        return
      } catch (error) {
        if (deadline.aborted)
          throw new Error('the broker answers, but its group coordinator does not', { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  async issueCredentials(prefix: string | null): Promise<KafkaCredentials> {
    const principal = principalFor(prefix, randomBytes(8).toString('hex'))
    const { authority } = this.#folder
    const pair = await authority.issue({ commonName: principal }, Date.now())
    await this.#tenancy.admit(principal, prefix)
    return {
      trustedCert: authority.pair.certificate,
      clientCert: pair.certificate,
      clientKey: pair.key,
      principal,
    }
  }

  revokeCredentials({ principal }: KafkaCredentials): Promise<void> {
    return this.#tenancy.expel(principal)
  }

  grantGroup(group: string): Promise<void> {
    return this.#tenancy.grantGroup(group)
  }

  revokeGroup(group: string): Promise<void> {
    return this.#tenancy.revokeGroup(group)
  }

  topics(): Promise<readonly LocalTopic[]> {
    return this.#topics.list()
  }

  createTopic(topic: Omit<LocalTopic, 'sizeBytes'>): Promise<void> {
    return this.#topics.create(topic)
  }

  configureTopic(name: string, config: LocalTopic['config']): Promise<void> {
    return this.#topics.configure(name, config)
  }

  deleteTopic(name: string): Promise<void> {
    return this.#topics.delete(name)
  }
}
