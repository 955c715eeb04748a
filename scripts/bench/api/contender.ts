import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { JsonObject } from '../../../src/record/record.ts'
import { definitionOf } from '../../../src/server/kinds/definition.ts'
import { streamAppKind } from '../../../src/server/kinds/stream-app-kind.ts'
import { asJson } from '../../../src/record/as-json.ts'
import { defineKind } from '../../../test/server/oracle/served-object.ts'
import { Plane } from '../../soak/api/plane.ts'
import { until } from '../../../test/support/until.ts'

/** One of the servers that are measured, over plain HTTP on this machine. */
export interface Contender extends AsyncDisposable {
  readonly name: 'ours' | 'genuine'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Of all that serves: its first processes. Empty where it was started by somebody else. */
  readonly pids: readonly number[]
  /** Where StreamApps of a namespace are; the namespace is made if there are such things. */
  readonly collection: (namespace: string) => Promise<string>
}

const group = `/apis/${streamAppKind.group}/${streamAppKind.version}`
const collectionOf = (namespace: string): string => `${group}/namespaces/${namespace}/${streamAppKind.plural}`

/** `weir web` before a Postgres that flushes each commit, as it does by default. */
export async function startOurs(): Promise<Contender> {
  const plane = await Plane.start()
  const headers = { authorization: `Bearer ${plane.token}` }
  await answers(`${plane.url}/readyz`)
  return {
    name: 'ours',
    url: plane.url,
    headers,
    pids: await plane.pids(),
    collection: async (namespace) => {
      const body = JSON.stringify({ metadata: { name: namespace } })
      const made = await fetch(`${plane.url}/api/v1/namespaces`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
      if (!made.ok) throw new Error(`namespace ${namespace}: ${await made.text()}`)
      return collectionOf(namespace)
    },
    [Symbol.asyncDispose]: () => plane.close(),
  }
}

/** One that runs already: `scripts/genuine-apiserver`, started without `-no-fsync`. */
export async function attachGenuine(url: string): Promise<Contender> {
  await defineKind(url, definition(), `${url}${collectionOf('default')}`)
  return {
    name: 'genuine',
    url,
    headers: {},
    pids: [],
    collection: (namespace) => Promise.resolve(collectionOf(namespace)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const source = join(import.meta.dirname, '..', '..', 'genuine-apiserver')
const binary = join(import.meta.dirname, '..', '..', '..', '.cache', 'genuine-apiserver')

/** Builds it by `go`, which takes minutes the first time, and starts it. */
export async function startGenuine(): Promise<Contender> {
  const built = spawnSync('go', ['build', '-o', binary, '.'], { cwd: source, stdio: ['ignore', 'inherit', 'inherit'] })
  if (built.status !== 0) throw new Error('the genuine server could not be built; Go 1.26 or later builds it')
  const child = spawn(binary, { stdio: ['ignore', 'pipe', 'ignore'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const [url] = await once(createInterface(child.stdout), 'line')
  return {
    ...(await attachGenuine(String(url))),
    pids: [child.pid ?? 0],
    [Symbol.asyncDispose]: async () => {
      process.off('exit', kill)
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Its status is the server's own. */
function definition(): JsonObject {
  const { status: _, ...rest } = asJson(definitionOf(streamAppKind))
  return rest
}

async function answers(url: string): Promise<void> {
  const isUp = async () => (await fetch(url).catch(() => undefined))?.ok
  await until(isUp, `an answer at ${url}`, { withinMs: 30_000, everyMs: 50 })
}
