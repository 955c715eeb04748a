/**
 * What the Heroku emulator asks of the Kafka cluster behind an add-on. The real
 * one is the local Apache Kafka broker; names here are wire names, with prefix.
 */
export interface LocalCluster {
  /** `host:port` of each way in. */
  readonly addresses: { readonly dedicated: string; readonly basic: string }
  /** Makes a client certificate. With a prefix it is good for the basic way in and for what carries that prefix. */
  issueCredentials(prefix: string | null): Promise<KafkaCredentials>
  /** The certificate is refused from now on. */
  revokeCredentials(credentials: KafkaCredentials): Promise<void>

  topics(): Promise<readonly LocalTopic[]>
  createTopic(topic: Omit<LocalTopic, 'sizeBytes'>): Promise<void>
  configureTopic(name: string, config: LocalTopic['config']): Promise<void>
  deleteTopic(name: string): Promise<void>

  /** On a basic cluster only groups that were granted can be joined. */
  grantGroup(group: string): Promise<void>
  revokeGroup(group: string): Promise<void>
}

export interface LocalTopic {
  readonly name: string
  readonly partitions: number
  readonly config: {
    readonly cleanupPolicy: 'delete' | 'compact' | 'compact,delete'
    readonly retentionMs: number | null
  }
  readonly sizeBytes: number
}

/** PEM texts, as they stand in KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT and KAFKA_CLIENT_CERT_KEY. */
export interface KafkaCredentials {
  readonly trustedCert: string
  readonly clientCert: string
  readonly clientKey: string
  /** The common name in the certificate: the Kafka principal. */
  readonly principal: string
}
