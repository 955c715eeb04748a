import type { KafkaCredentials } from './cluster.ts'

/** What Heroku tells an app of an add-on attached as `name`; the prefix, which only basic plans have, is not among it. */
export function kafkaConfigVars(
  name: string,
  address: string,
  credentials: KafkaCredentials,
): Readonly<Record<string, string>> {
  return {
    [`${name}_URL`]: `kafka+ssl://${address}`,
    [`${name}_TRUSTED_CERT`]: credentials.trustedCert,
    [`${name}_CLIENT_CERT`]: credentials.clientCert,
    [`${name}_CLIENT_CERT_KEY`]: credentials.clientKey,
  }
}
