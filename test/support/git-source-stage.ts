import assert from 'node:assert/strict'
import { keepGitSource } from '../../src/controller/git-source/keep-git-source.ts'
import type { Verdict } from '../../src/controller/keep/work.ts'
import { asJson } from '../../src/record/as-json.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import type { KeptObject } from '../../src/record/object-life.ts'
import type { ControlRecord, Event, JsonObject, ObjectKey } from '../../src/record/record.ts'
import { FakeClock } from './fake-clock.ts'
import { fakeGit, type FakeGit } from './fake-git.ts'
import { keptSource, sourceKey } from './git-source.ts'
import { conditionOf, loadKept, storeKept } from './kept-object.ts'

const live = new AbortController().signal

/** A GitSource `shop` in a record, beside a repository in memory. */
export interface Stage {
  readonly record: ControlRecord
  readonly git: FakeGit
  readonly pass: (git?: FakeGit, name?: string, namespace?: string) => Promise<Verdict>
  /** Commits, and passes once. */
  readonly push: (files: Readonly<Record<string, string>>) => Promise<string>
  readonly names: () => Promise<readonly string[]>
  readonly leaving: () => Promise<readonly string[]>
  readonly app: (name: string) => Promise<KeptObject | undefined>
  readonly forget: (name: string) => Promise<void>
  readonly status: (name?: string) => Promise<JsonObject>
  readonly inventory: (name?: string) => Promise<readonly string[]>
  readonly ready: (name?: string) => Promise<string>
  readonly condition: (type: string) => Promise<string>
  readonly pendingHash: () => Promise<string>
  readonly annotate: (name: string, value: string) => Promise<void>
  readonly secret: (data: Readonly<Record<string, string>>) => Promise<void>
  /** What happens between reading and writing: before the next writes, one each. */
  readonly meddle: (...deeds: readonly (() => Promise<void>)[]) => void
  readonly dieAt: (write: number, effect: boolean) => void
}

export async function staged(spec: object = {}): Promise<Stage> {
  const clock = new FakeClock()
  const memory = new MemoryRecord(clock)
  const death = { write: Infinity, effect: false }
  const meddling: (() => Promise<void>)[] = []
  const write: ControlRecord['write'] = async (writes) => {
    const isLast = death.write === 0
    await meddling.shift()?.()
    death.write -= 1
    if (isLast && !death.effect) throw new Error('died')
    const results = await memory.write(writes)
    if (isLast) throw new Error('died')
    return results
  }
  const record = {
    write,
    get: (key: ObjectKey) => memory.get(key),
    list: (kind: string, namespace?: string) => memory.list(kind, namespace),
    tell: (events: readonly Event[]) => memory.tell(events),
  }
  await storeKept(memory, keptSource(spec))
  const git = fakeGit()
  const term = { fence: { lease: 'controller', epoch: 0 }, sinceMs: 0, signal: live, isHeld: () => true }
  const readings: Parameters<typeof keepGitSource>[1]['readings'] = new WeakMap()
  let uids = 0
  const newUid = (): string => `uid-${(uids += 1)}`
  const keyOf = (name: string, kind = 'StreamApp') => ({ kind, namespace: 'default', name })
  const pass: Stage['pass'] = (from = git, name = 'shop', namespace = 'default') =>
    keepGitSource(
      { ...sourceKey, namespace, name },
      { record, git: from, clock, chance: () => 0.5, newUid, readings, say: () => {} },
      term,
      live,
    )
  const source = async (name: string): Promise<KeptObject | undefined> => loadKept(memory, { ...sourceKey, name })
  const apps = async (): Promise<readonly KeptObject[]> => {
    const { objects } = await memory.list('StreamApp')
    const all = await Promise.all(objects.map(({ key }) => loadKept(memory, key)))
    return all.filter((app) => app !== undefined)
  }
  const status: Stage['status'] = async (name = 'shop') => (await source(name))?.status ?? {}
  return {
    record: memory,
    git,
    pass,
    push: async (files) => {
      const commit = git.commit(files)
      await pass()
      return commit
    },
    names: async () => (await apps()).map(({ metadata }) => metadata.name),
    leaving: async () =>
      (await apps())
        .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
        .map(({ metadata }) => metadata.name),
    app: (name) => loadKept(memory, keyOf(name)),
    forget: async (name) =>
      void (await memory.write([{ kind: 'remove', key: keyOf(name), expected: 'any', actor: 'test' }])),
    status,
    inventory: async (name) => {
      const { inventory } = await status(name)
      assert.ok(Array.isArray(inventory))
      return inventory.map(({ name: declared }: { readonly name: string }) => declared).toSorted()
    },
    ready: async (name = 'shop') => {
      const { status: is, reason, message } = conditionOf(await source(name), 'Ready')
      return `${is} ${reason} ${message}`
    },
    condition: async (type) => {
      const { status: is, reason } = conditionOf(await source('shop'), type)
      return `${is} ${reason}`
    },
    pendingHash: async () => {
      const { pendingPrune } = await status()
      return String(Reflect.get(Object(pendingPrune), 'hash'))
    },
    annotate: async (name, value) => {
      const object = await source('shop')
      assert.ok(object)
      const annotations = { ...object.metadata.annotations, [`streams.weirkeeper.dev/${name}`]: value }
      await storeKept(memory, { ...object, metadata: { ...object.metadata, annotations } })
    },
    secret: async (data) => {
      const encoded = Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString('base64')])
      const body = asJson({ apiVersion: 'v1', kind: 'Secret', data: Object.fromEntries(encoded) })
      await memory.write([{ kind: 'put', key: keyOf('shop-git', 'Secret'), body, expected: 'any', actor: 'test' }])
    },
    meddle: (...deeds) => void meddling.push(...deeds),
    dieAt: (at, effect) => void Object.assign(death, { write: at, effect }),
  }
}
