import type { Secret } from '../base/secret.ts'

/** How to reach a Kafka cluster: what Heroku puts into KAFKA_URL and the three PEM config vars. */
export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  /** Mutual TLS; null is a plaintext cluster. */
  readonly tls: KafkaTls | null
}

/** PEM texts. `trustedCert` may hold several certificates, as it does while Heroku rotates its authority. */
export interface KafkaTls {
  readonly trustedCert: string
  readonly clientCert: string
  readonly clientKey: Secret
}
