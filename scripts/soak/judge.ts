import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { artifactsFor } from '../../src/local/artifact/artifact.ts'
import { fetchArtifacts } from '../../src/local/artifact/fetch-artifacts.ts'
import { machineCache } from '../../test/support/machine-cache.ts'

export type Guarantee = 'at_least_once' | 'exactly_once_v2'

export interface Judge {
  /** All that it said so far, by line. */
  readonly lines: readonly string[]
  /** Whether it has written everything, and verifies. */
  isVerifying(): boolean
  readonly ended: Promise<string>
  end(): void
}

/** Kafka's own driver and verifier: writes 20 keys × 1,000 numbers within 90 s or so, then compares what the app made of them. */
export async function startJudge(plaintext: string, guarantee: Guarantee, folder: string): Promise<Judge> {
  const settings = { BOOTSTRAP_SERVERS: plaintext, PROCESSING_GUARANTEE: guarantee }
  const log = createWriteStream(join(folder, 'judge.log'))
  const [java = '', ...args] = await smokeTest('run', settings, folder)
  const child = spawn(java, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      log.write(`${line}\n`)
    })
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', kill)
      log.end()
      resolve(signal ?? String(code))
    })
  })
  const isVerifying = (): boolean => lines.some((line) => /^(\[\d+\]|Consumed|verifying|-------)/i.test(line))
  return { lines, isVerifying, ended, end: () => void child.kill() }
}

/** The command of Kafka's own processors. Settings are named as for a worker, without `STREAMS_`. */
export const smokeProcess = (settings: Readonly<Record<string, string>>, folder: string): Promise<readonly string[]> =>
  smokeTest('process', settings, folder)

async function smokeTest(
  command: 'run' | 'process',
  settings: Readonly<Record<string, string>>,
  folder: string,
): Promise<readonly string[]> {
  const jars = await fetchArtifacts([...artifactsFor('smoke'), ...artifactsFor('streams')], { cache: machineCache() })
  const file = join(folder, `smoke-${command}.properties`)
  const lines = Object.entries(settings).map(([name, value]) => `${name.toLowerCase().replaceAll('_', '.')}=${value}\n`)
  await writeFile(file, lines.join(''))
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']
  const program = ['org.apache.kafka.streams.tests.StreamsSmokeTest', file, command]
  return ['java', ...flags, '-cp', jars.join(delimiter), ...program]
}
