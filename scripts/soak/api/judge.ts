import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Reply } from './ask.ts'
import type { Informer } from './informer.ts'
import type { Writer } from './writer.ts'

export interface Verdict {
  readonly success: boolean
  readonly summary: readonly string[]
}

interface Scene {
  readonly client: Client
  readonly path: string
  readonly informers: readonly Informer[]
  readonly writing: readonly Writer[]
  readonly settleWithinMs: number
}

/** Nobody writes any more: what the list says is what every watcher must hold, and what was acknowledged must be in it. */
export async function judge({ client, path, informers, writing, settleWithinMs }: Scene): Promise<Verdict> {
  const until = performance.now() + settleWithinMs
  const { body } = await answered(() => client.ask('GET', path), until)
  const items: readonly { readonly metadata: Readonly<Record<string, string>> }[] = body['items']
  const truth = new Map(items.map(({ metadata }) => [metadata['name'] ?? '', metadata['resourceVersion'] ?? '']))
  const behind = (): readonly Informer[] => informers.filter(({ objects }) => !isSame(objects, truth))
  while (behind().length > 0 && performance.now() < until) await delay(50)

  const lost = writing.flatMap(({ beliefs }) =>
    [...beliefs].filter(([name, belief]) => belief !== 'unsure' && (truth.get(name) ?? 'absent') !== String(belief)),
  )
  const mistakes = informers.flatMap((informer) => informer.mistakes)
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  return {
    success: behind().length === 0 && lost.length === 0 && mistakes.length === 0,
    summary: [
      `${truth.size} objects; ${informers.length - behind().length} of ${informers.length} watchers hold exactly these`,
      `${sum(writing.map((it) => it.acknowledged))} writes acknowledged, ${lost.length} of them lost; ${sum(writing.map((it) => it.unanswered))} unanswered`,
      `${sum(informers.map((it) => it.events))} events, ${sum(informers.map((it) => it.lists))} lists, ${sum(informers.map((it) => it.watches))} watches, ${mistakes.length} events out of order`,
      ...behind()
        .slice(0, 3)
        .map(({ objects, version }) => `a watcher at ${version} differs: ${difference(objects, truth)}`),
      ...lost.slice(0, 5).map(([name, belief]) => `lost: ${name} ${belief}, listed ${truth.get(name) ?? 'absent'}`),
      ...mistakes.slice(0, 5),
    ],
  }
}

/** The server may be on its way up. */
async function answered(ask: () => Promise<Reply>, untilMs: number): Promise<Reply> {
  for (;;) {
    const reply = await ask().catch(() => undefined) // it is asked again
    if (reply?.code === 200) return reply
    if (performance.now() > untilMs) throw new Error(`the server did not come back: ${reply?.code ?? 'no answer'}`)
    await delay(100)
  }
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, version]) => b.get(name) === version)
}

function difference(found: ReadonlyMap<string, string>, truth: ReadonlyMap<string, string>): string {
  const names = [...new Set([...found.keys(), ...truth.keys()])]
  return names
    .filter((name) => found.get(name) !== truth.get(name))
    .slice(0, 3)
    .map((name) => `${name} ${found.get(name) ?? 'absent'}, listed ${truth.get(name) ?? 'absent'}`)
    .join('; ')
}
