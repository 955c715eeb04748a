import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { artifactsFor } from '../../src/local/artifact/artifact.ts'
import { fetchArtifacts } from '../../src/local/artifact/fetch-artifacts.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { testCache } from './broker.ts'

/** Kafka's own client and streams library, as a Java class path. */
export async function streamsClassPath(): Promise<string> {
  return (await fetchArtifacts(artifactsFor('streams'), { cache: testCache() })).join(':')
}

/** The config vars of an add-on, as Heroku names them. */
export const configVars = (address: string, credentials: KafkaCredentials): Readonly<Record<string, string>> => ({
  KAFKA_URL: `kafka+ssl://${address}`,
  KAFKA_TRUSTED_CERT: credentials.trustedCert,
  KAFKA_CLIENT_CERT: credentials.clientCert,
  KAFKA_CLIENT_CERT_KEY: credentials.clientKey,
})

/** Runs one Java source file and returns what it printed. */
export async function runJavaFile(
  file: string,
  args: readonly string[],
  vars: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn('java', ['-XX:TieredStopAtLevel=1', '-cp', await streamsClassPath(), file, ...args], {
    env: { ...process.env, ...vars },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await once(child, 'close')
  return output
}
