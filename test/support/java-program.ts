import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { artifactsFor } from '../../src/local/artifact/artifact.ts'
import { fetchArtifacts } from '../../src/local/artifact/fetch-artifacts.ts'
import { machineCache } from './machine-cache.ts'

/** Kafka's own client and streams library, as a Java class path. */
export async function streamsClassPath(): Promise<string> {
  return (await fetchArtifacts(artifactsFor('streams'), { cache: machineCache() })).join(delimiter)
}

/** Compiles one source file against Kafka's libraries. */
export async function compileJava(source: string, classes: string): Promise<void> {
  const args = ['-encoding', 'UTF-8', '-cp', await streamsClassPath(), '-d', classes, source]
  const child = spawn('javac', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0)
    throw new Error(`javac ended with ${String(code)}: a JDK, 17 or later, is needed to build the example`)
}

export interface JavaProgram {
  /** Where its classes are. */
  readonly classes: string
  readonly mainClass: string
}

/** Runs a program with config vars for its environment, and returns what it printed. */
export async function runJavaProgram(
  { classes, mainClass }: JavaProgram,
  args: readonly string[],
  vars: Readonly<Record<string, string>>,
): Promise<string> {
  const classPath = [classes, await streamsClassPath()].join(delimiter)
  const child = spawn('java', ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classPath, mainClass, ...args], {
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
