import type { Chance } from './chance.ts'
import type { Collection } from './served-object.ts'

/** What is compared of an object in a collection: the rest is compared object by object elsewhere. */
interface Seen {
  readonly name: string
  readonly tier: string
}

interface Page {
  readonly code: number
  readonly reason: string
  readonly items: readonly Seen[]
  readonly remaining: number | undefined
  readonly isMore: boolean
}

/** One collection on a server. Versions and tokens are each server's own, so they are kept by number. */
class ServedCollection {
  readonly #collection: Collection
  readonly #versions: string[] = []
  #continue = ''

  constructor(collection: Collection) {
    this.#collection = collection
  }

  async write(method: string, name: string, body?: object, query = ''): Promise<number> {
    const path = name === '' ? '' : `/${name}`
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const response = await fetch(`${this.#collection.url}${path}${query}`, {
      method,
      headers: { ...this.#collection.headers, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    await response.text()
    return response.status
  }

  /** `version`: that of the list so many before this one. */
  async list(query: Readonly<Record<string, string>>, { version, continues }: Since): Promise<Page> {
    const asked = new URLSearchParams(query)
    if (version !== undefined) asked.set('resourceVersion', this.#versions.at(-version) ?? '0')
    if (continues) asked.set('continue', this.#continue)
    const response = await fetch(`${this.#collection.url}?${asked.toString()}`, { headers: this.#collection.headers })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a list, or the Status of a failure
    const page = pageOf(response.status, (await response.json()) as Body)
    this.#continue = page.continue
    const isWhole = !continues && version === undefined && response.ok
    if (isWhole) this.#versions.push(page.version)
    const { code, reason, items, remaining } = page
    return { code, reason, items, remaining, isMore: this.#continue !== '' }
  }

  /** How many lists there are to go back to. */
  get versions(): number {
    return this.#versions.length
  }

  forgetPage(): void {
    this.#continue = ''
  }

  get isWithinList(): boolean {
    return this.#continue !== ''
  }

  /** All that is told within a second. */
  async watch(query: Readonly<Record<string, string>>, version: number | undefined): Promise<readonly string[]> {
    const asked = new URLSearchParams({ ...query, watch: 'true', timeoutSeconds: '1' })
    if (version !== undefined) asked.set('resourceVersion', this.#versions.at(-version) ?? '0')
    const response = await fetch(`${this.#collection.url}?${asked.toString()}`, { headers: this.#collection.headers })
    if (!response.ok) {
      await response.text()
      return [`refused ${response.status}`]
    }
    const lines = (await response.text()).split('\n').filter((line) => line !== '')
    return lines.map((line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an event of a watch
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Body & Named }
      if (type === 'ERROR') return `ERROR ${object.reason ?? ''}`
      const isEnd = object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
      if (type === 'BOOKMARK') return isEnd ? 'BOOKMARK end' : 'BOOKMARK'
      const { name, tier } = seen(object)
      return `${type} ${name} ${tier}`
    })
  }
}

function pageOf(code: number, { reason = '', items = [], metadata = {} }: Body) {
  const { continue: next = '', resourceVersion: version = '', remainingItemCount: remaining } = metadata
  return { code, reason, items: items.map(seen), remaining, continue: next, version }
}

interface Since {
  readonly version: number | undefined
  readonly continues: boolean
}

interface Named {
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

interface Body {
  readonly reason?: string
  readonly items?: readonly Named[]
  readonly metadata?: {
    readonly continue?: string
    readonly resourceVersion?: string
    readonly remainingItemCount?: number
  }
}

function seen({ metadata: { name, labels } }: Named): Seen {
  return { name, tier: labels?.['tier'] ?? '' }
}

/** What was asked, and what each server said to it. */
export interface Told {
  readonly asked: string
  readonly answers: readonly string[]
}

/** Lists, pages and watches of a collection that changes between them, asked of one server or of several side by side. */
export async function askCollections(
  collections: readonly Collection[],
  chance: Chance,
  { steps, object }: { readonly steps: number; readonly object: (name: string, tier: string) => object },
): Promise<readonly Told[]> {
  const sides = collections.map((collection) => new ServedCollection(collection))
  const told: Told[] = []
  const both: Both = async (asked, ask) => {
    told.push({ asked, answers: await Promise.all(sides.map(async (side) => JSON.stringify(await ask(side)))) })
  }
  for (let step = 0; step < steps; step += 1) {
    const draw = chance.below(100)
    const name = `item-${chance.below(9)}`
    const tier = chance.pick(['x', 'y', 'z'])
    const isWithinList = sides.every((side) => side.isWithinList)
    const known = { versions: Math.min(...sides.map(({ versions }) => versions)), isWithinList }
    // oxlint-disable no-await-in-loop -- each request hangs on the one before it
    if (draw < 30) await both(`create ${name}`, (side) => side.write('POST', '', object(name, tier)))
    else if (draw < 45) {
      const labels = { metadata: { labels: { tier: chance.pick([tier, null]) } } }
      await both(`label ${name} ${tier}`, (side) => side.write('PATCH', name, labels))
    } else if (draw < 55) await both(`delete ${name}`, (side) => side.write('DELETE', name))
    else if (draw < 58) {
      const query = `?labelSelector=tier%3D${tier}`
      await both(`delete all ${tier}`, (side) => side.write('DELETE', '', undefined, query))
    } else if (draw < 90) await list(chance, known, both)
    else await watch(chance, known, both)
    // oxlint-enable no-await-in-loop
  }
  return told
}

type Both = (asked: string, ask: (side: ServedCollection) => Promise<unknown>) => Promise<void>

/** What there is to go on from. */
interface Known {
  readonly versions: number
  readonly isWithinList: boolean
}

function drawVersion(chance: Chance, { versions }: Known, likely: number): number | undefined {
  return versions > 0 && chance.percent(likely) ? 1 + chance.below(Math.min(6, versions)) : undefined
}

function list(chance: Chance, known: Known, both: Both): Promise<void> {
  const limit: Readonly<Record<string, string>> = chance.percent(50) ? { limit: String(1 + chance.below(4)) } : {}
  if (known.isWithinList && chance.percent(70)) {
    const asked = { ...limit }
    return both(`continue ${JSON.stringify(asked)}`, (side) =>
      side.list(asked, { version: undefined, continues: true }),
    )
  }
  const version = drawVersion(chance, known, 40)
  // By name the genuine server shows what is there now, whatever the version.
  const match = chance.pick(['', 'Exact', 'NotOlderThan', 'Odd'])
  const query = { ...limit, ...selectors(chance, version === undefined && match === '') }
  // Without a version there is nothing to match, which is a failure that is asked for now and then.
  const matched = match === '' || (version === undefined && chance.percent(80)) ? {} : { resourceVersionMatch: match }
  const asked = { ...query, ...matched }
  return both(`list ${JSON.stringify(asked)} since ${version}`, async (side) => {
    const { code, reason, items, remaining, isMore } = await side.list(asked, { version, continues: false })
    // What is not older than a version may be newer: of such a list only that it is one is compared, and no page follows.
    const isExact = match === 'Exact' || (match === '' && 'limit' in asked)
    if (version !== undefined && !isExact) {
      side.forgetPage()
      return { code, reason }
    }
    // It says that there may be more where a selector has left some out; we look, and say whether there is.
    const isChosen = 'labelSelector' in asked || 'fieldSelector' in asked
    return { code, reason, items, remaining, ...(isChosen ? {} : { isMore }) }
  })
}

function watch(chance: Chance, known: Known, both: Both): Promise<void> {
  const version = drawVersion(chance, known, 80)
  const initial = chance.percent(25)
    ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }
    : {}
  const asked = { ...selectors(chance), ...initial }
  return both(`watch ${JSON.stringify(asked)} since ${version}`, async (side) => {
    const told = await side.watch(asked, version)
    // A quiet watch may be told where it stands.
    const lines = told.filter((line) => line !== 'BOOKMARK')
    return version === undefined || 'sendInitialEvents' in initial ? standing(lines) : lines
  })
}

/** What there is at the end: a watch may begin with what was a moment ago, in any order, and then tell what became of it. */
function standing(lines: readonly string[]): readonly string[] {
  const found = new Map<string, string>()
  for (const line of lines) {
    const [type = '', name = '', tier = ''] = line.split(' ')
    if (type === 'DELETED') found.delete(name)
    else found.set(type === 'BOOKMARK' ? type : name, tier)
  }
  return [...found].map(([name, tier]) => `${name} ${tier}`).toSorted()
}

function selectors(chance: Chance, byField = true): Readonly<Record<string, string>> {
  return {
    ...(chance.percent(40)
      ? {
          labelSelector: chance.pick([
            'tier=x',
            'tier!=x',
            'tier in (x,y)',
            'tier notin (x)',
            'tier',
            '!tier',
            'tier=x,team=y',
            'tier in (',
          ]),
        }
      : {}),
    ...(chance.percent(15) && byField
      ? { fieldSelector: chance.pick(['metadata.name=item-1', 'metadata.name!=item-1', 'spec.app=a', 'metadata.name']) }
      : {}),
  }
}
