import type { KafkaCredentials, LocalCluster, LocalTopic } from '../../src/local/cluster.ts'

/** A Kafka cluster that behaves as the local broker does, in memory. */
export class FakeCluster implements LocalCluster {
  readonly addresses = { dedicated: '127.0.0.1:9093', basic: '127.0.0.1:9094' }
  readonly #topics = new Map<string, LocalTopic>()
  readonly #groups = new Set<string>()
  readonly #credentials = new Set<string>()
  #issued = 0

  async issueCredentials(prefix: string | null): Promise<KafkaCredentials> {
    this.#issued += 1
    const principal = `${prefix ?? 'dedicated'}:${this.#issued}`
    this.#credentials.add(principal)
    const pem = (label: string): string => `-----BEGIN ${label}-----\n${principal}\n-----END ${label}-----\n`
    return { trustedCert: pem('CERTIFICATE'), clientCert: pem('CERTIFICATE'), clientKey: pem('PRIVATE KEY'), principal }
  }

  async revokeCredentials({ principal }: KafkaCredentials): Promise<void> {
    this.#credentials.delete(principal)
  }

  async topics(): Promise<readonly LocalTopic[]> {
    return [...this.#topics.values()]
  }

  async createTopic(topic: Omit<LocalTopic, 'sizeBytes'>): Promise<void> {
    if (!this.#topics.has(topic.name)) this.#topics.set(topic.name, { ...topic, sizeBytes: 0 })
  }

  async configureTopic(name: string, config: LocalTopic['config']): Promise<void> {
    const topic = this.#topics.get(name)
    if (topic === undefined) throw new Error(`no topic ${name}`)
    this.#topics.set(name, { ...topic, config })
  }

  async deleteTopic(name: string): Promise<void> {
    this.#topics.delete(name)
  }

  async grantGroup(group: string): Promise<void> {
    this.#groups.add(group)
  }

  async revokeGroup(group: string): Promise<void> {
    this.#groups.delete(group)
  }

  /** Groups that may be joined, and principals that may connect. */
  get admitted(): { readonly groups: readonly string[]; readonly principals: readonly string[] } {
    return { groups: [...this.#groups], principals: [...this.#credentials] }
  }
}
