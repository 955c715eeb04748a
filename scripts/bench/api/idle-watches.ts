import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from './client.ts'
import type { Contender } from './contender.ts'
import { applyOf } from './stream-apps.ts'

export interface Idle {
  /** Of a GET of one object, asked one after the other, in ms: with no watch open, and with all. */
  readonly before: readonly number[]
  readonly meanwhile: readonly number[]
  /** Of the server's process, for each watch; NaN where it is not known. */
  readonly bytesEach: number
  /** From sending one write to the last watch's having its event. */
  readonly lastAfterMs: number
}

const atOnce = 100
const gets = 500
const patienceMs = 120_000

/** Opens so many watches on which nothing comes, asks for something else meanwhile, and then has each of them hear one write. */
export async function measureIdle(contender: Contender, namespace: string, watches: number): Promise<Idle> {
  const path = await contender.collection(namespace)
  using client = new Client(contender, 1)
  await client.send(applyOf(path, 'app', 0))
  const getMany = async (): Promise<readonly number[]> => {
    const latencies: number[] = []
    for (let turn = 0; turn < gets; turn += 1) {
      const askedAtMs = performance.now()
      await client.send({ method: 'GET', path: `${path}/app` })
      latencies.push(performance.now() - askedAtMs)
    }
    return latencies
  }
  const before = await getMany()
  const memory = residentBytes(contender)
  const { metadata }: { metadata: { resourceVersion: string } } = JSON.parse(
    String(await client.send({ method: 'GET', path })),
  )
  const open: IdleWatch[] = []
  try {
    while (open.length < watches) {
      const some = Array.from(
        { length: Math.min(atOnce, watches - open.length) },
        () => new IdleWatch(contender, path, metadata.resourceVersion),
      )
      open.push(...some)
      await Promise.all(some.map(({ begun }) => begun))
    }
    const bytesEach = (residentBytes(contender) - memory) / watches
    const meanwhile = await getMany()
    return {
      before,
      meanwhile,
      bytesEach,
      lastAfterMs: await hearOne(open, () => client.send(applyOf(path, 'app', 1))),
    }
  } finally {
    for (const watch of open) watch.close()
  }
}

async function hearOne(open: readonly IdleWatch[], write: () => Promise<unknown>): Promise<number> {
  const sentAtMs = performance.now()
  await write()
  while (!open.every(({ events }) => events > 0)) {
    if (performance.now() - sentAtMs > patienceMs) throw new Error('a watch has not heard of a write')
    await delay(5)
  }
  if (open.some(({ events }) => events > 1)) throw new Error('a watch has heard of a write twice')
  return performance.now() - sentAtMs
}

/** A socket and little more: ten thousand of them must not be what is measured. */
class IdleWatch {
  readonly begun: Promise<void>
  /** Lines of JSON that came. */
  events = 0
  readonly #socket: Socket

  constructor({ url, headers }: Contender, path: string, version: string) {
    const { hostname, port, host } = new URL(url)
    this.#socket = connect(Number(port), hostname)
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#socket.write(`GET ${path}?watch=1&resourceVersion=${version} HTTP/1.1\r\n${lines.join('')}\r\n`)
    this.begun = this.#begin()
  }

  async #begin(): Promise<void> {
    const [head]: unknown[] = await once(this.#socket, 'data')
    if (!String(head).startsWith('HTTP/1.1 200 ')) throw new Error(`not watched: ${String(head).slice(0, 300)}`)
    this.#socket.on('data', (bytes) => {
      if (bytes.includes('}\n')) this.events += 1
    })
    this.#socket.on('error', () => this.#socket.destroy())
  }

  close(): void {
    this.#socket.destroy()
  }
}

function residentBytes({ pids: [pid] }: Contender): number {
  if (pid === undefined) return Number.NaN
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024
}
