import { Client } from './client.ts'
import type { Contender } from './contender.ts'
import { underLoad, type Load, type Measured } from './load.ts'
import { applyOf } from './stream-apps.ts'

const atOnce = 16

/** A namespace of so many objects; where they are listed. */
export async function fill(contender: Contender, namespace: string, objects: number): Promise<string> {
  const path = await contender.collection(namespace)
  using client = new Client(contender, atOnce)
  const names = Array.from({ length: objects }, (_, index) => `app-${index}`)
  for (let from = 0; from < objects; from += atOnce) {
    await Promise.all(names.slice(from, from + atOnce).map((name) => client.send(applyOf(path, name, 0))))
  }
  const { items }: { readonly items: readonly unknown[] } = JSON.parse(
    String(await client.send({ method: 'GET', path })),
  )
  if (items.length !== objects) throw new Error(`${contender.name} lists ${items.length} of ${objects} objects`)
  return path
}

/** GET of whole objects as of now, uncompressed: no resourceVersion is named. */
export async function measureLists(contender: Contender, path: string, load: Load): Promise<Measured> {
  using client = new Client(contender, load.concurrency)
  return await underLoad(contender, load, () => client.send({ method: 'GET', path }))
}
