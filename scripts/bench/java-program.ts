import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { artifactsFor, type Need } from '../../src/local/artifact/artifact.ts'
import { fetchArtifacts } from '../../src/local/artifact/fetch-artifacts.ts'
import { machineCache } from '../../test/support/machine-cache.ts'

/** Compiles the peers in `scripts/bench/java` into a folder, and returns the class path to run them with. */
export const compilePeers = (classes: string, needs: readonly Need[]): Promise<string> =>
  compileJava(join(import.meta.dirname, 'java'), classes, needs)

/** Compiles the Java sources of a folder into another one, and returns the class path to run them with. */
export async function compileJava(sources: string, classes: string, needs: readonly Need[]): Promise<string> {
  const jars = await fetchArtifacts(needs.flatMap(artifactsFor), { cache: machineCache() })
  const files = readdirSync(sources).map((name) => join(sources, name))
  const classPath = [classes, ...jars].join(delimiter)
  const ran = spawnSync('javac', ['-encoding', 'UTF-8', '-cp', classPath, '-d', classes, ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (ran.status !== 0) throw new Error(`javac ended with ${ran.status}: a JDK, 17 or later, is needed for the peers`)
  return classPath
}

/** `17.0.15`: of the `java` that runs the peers. */
export function javaRelease(): string {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  return /version "(?<release>[^"]+)"/.exec(stderr)?.groups?.['release'] ?? 'unknown'
}

/** Kafka's release among the pinned jars. */
export function kafkaRelease(): string {
  return artifactsFor('streams').find(({ name }) => name === 'kafka-streams')?.version ?? 'unknown'
}
