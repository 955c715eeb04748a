import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DynoManager, DynoRelease } from '../../../src/local/dyno/dyno-manager.ts'

export interface Maker {
  readonly make: () => Promise<DynoManager>
  /** Whatever else the maker opened; the manager itself is closed by the suite. */
  readonly done?: () => Promise<unknown>
  readonly until: (isSo: () => boolean, what: string) => Promise<unknown>
}

/** What the Heroku emulator relies on: the same for the fake and for real processes. */
export function describesDynos(kind: string, { make, done, until }: Maker): void {
  const size = 'Standard-1X'
  const release = (version: number, types: readonly string[] = ['worker', 'web']): DynoRelease => ({
    id: `release-${version}`,
    version,
    slugDirectory: null,
    processTypes: Object.fromEntries(types.map((type) => [type, `exec sleep ${600 + version}`])),
    env: {},
  })

  async function withWorkers(quantity: number, use: (dynos: DynoManager) => Promise<void>): Promise<void> {
    const dynos = await make()
    try {
      dynos.release(release(1))
      dynos.scale('worker', quantity, size)
      await until(() => up(dynos).length === quantity, `${quantity} dynos up`)
      await use(dynos)
    } finally {
      await dynos.close()
      await done?.()
    }
  }

  const up = (dynos: DynoManager): readonly string[] =>
    dynos.list().flatMap(({ name, state }) => (state === 'up' ? [name] : []))

  describe(`${kind}: the dynos of an app`, () => {
    it('are numbered from 1, and the highest numbers go first', () =>
      withWorkers(3, async (dynos) => {
        assert.deepEqual(up(dynos).toSorted(), ['worker.1', 'worker.2', 'worker.3'])
        dynos.scale('worker', 1, size)
        await until(() => dynos.list().length === 1, 'one is left')
        assert.deepEqual(up(dynos), ['worker.1'])
        dynos.scale('worker', 2, size)
        await until(() => up(dynos).includes('worker.2'), 'worker.2 is back')
      }))

    it('say what they run, of which release and size', () =>
      withWorkers(1, async (dynos) => {
        const [dyno] = dynos.list()
        assert.equal(dyno?.type, 'worker')
        assert.equal(dyno.command, 'exec sleep 601')
        assert.equal(dyno.size, size)
        assert.deepEqual(dyno.release, { id: 'release-1', version: 1 })
        await Promise.resolve()
      }))

    it('are others of the same name after a restart, one or all', () =>
      withWorkers(2, async (dynos) => {
        const ids = (): Record<string, string> => Object.fromEntries(dynos.list().map(({ name, id }) => [name, id]))
        const before = ids()
        dynos.restart({ kind: 'dyno', name: 'worker.2' })
        await until(() => up(dynos).length === 2, 'both are up')
        assert.equal(ids()['worker.1'], before['worker.1'])
        assert.notEqual(ids()['worker.2'], before['worker.2'])
        dynos.restart({ kind: 'all' })
        await until(() => up(dynos).length === 2, 'both are up again')
        assert.notEqual(ids()['worker.1'], before['worker.1'])
      }))

    it('all belong to a new release, and types it does not have are gone', () =>
      withWorkers(1, async (dynos) => {
        dynos.release(release(2))
        await until(() => up(dynos).length === 1 && dynos.list()[0]?.release.version === 2, 'it is of release 2')
        dynos.release(release(3, ['web']))
        await until(() => dynos.list().length === 0, 'no worker is left')
      }))

    it('are listed as down when they were stopped', () =>
      withWorkers(2, async (dynos) => {
        dynos.stop({ kind: 'type', type: 'worker' })
        await until(() => dynos.list().every(({ state }) => state === 'down'), 'both are down')
        assert.equal(dynos.list().length, 2)
      }))

    it('may have a one-off dyno among them, which tells of itself', () =>
      withWorkers(0, async (dynos) => {
        const heard: string[] = []
        dynos.onChange(({ name }) => heard.push(name))
        const { name, type, command } = dynos.runOneOff({
          command: 'exec sleep 5',
          size,
          env: {},
          timeToLiveSeconds: null,
        })
        assert.match(name, /^run\.\d{4}$/)
        assert.deepEqual([type, command], ['run', 'exec sleep 5'])
        await until(() => heard.includes(name), 'it was heard of')
      }))

    it('share a log that others write to, too', () =>
      withWorkers(0, async ({ log }) => {
        const enough = new AbortController()
        const heard: string[] = []
        log.follow({}, ({ text }) => heard.push(text), enough.signal)
        log.write({ at: new Date(0), source: 'heroku', dyno: 'router', text: 'first' })
        enough.abort()
        log.write({ at: new Date(1), source: 'app', dyno: 'web.1', text: 'second' })
        assert.deepEqual(heard, ['first'])
        assert.deepEqual(
          log.lines({ dyno: 'router' }).map(({ text }) => text),
          ['first'],
        )
        assert.deepEqual(
          log.lines({ source: 'app' }).map(({ text }) => text),
          ['second'],
        )
        await Promise.resolve()
      }))
  })
}
