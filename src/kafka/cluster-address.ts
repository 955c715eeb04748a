import type { Secret } from '../base/secret.ts'

/** Where a cluster is and how to be let in: what KAFKA_URL and its certificates say. */
export interface ClusterAddress {
  /** `host:port` of each broker known so far. */
  readonly brokers: readonly string[]
  /** Left out on a plaintext listener. */
  readonly tls?: ClientCertificate
}

/** PEM texts. `trusted` may hold several certificates; Heroku's brokers do not match their host names. */
export interface ClientCertificate {
  readonly trusted: string
  readonly certificate: string
  readonly key: Secret
}
