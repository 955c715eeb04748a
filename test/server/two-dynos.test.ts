import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'

let dynos: readonly ApiUnderTest[]
before(async () => {
  const record = new MemoryRecord(systemClock)
  dynos = [await startApi([], record), await startApi([], record)]
})
after(() => Promise.all(dynos.map((dyno) => dyno.close())))

const maps = '/api/v1/namespaces/default/configmaps'
const merge = { 'content-type': 'application/merge-patch+json' }

it('what is written through two dynos at once is heard through both, each once, in one and the same order', async (t) => {
  const [first] = dynos
  const { body } = (await first?.call('GET', maps)) ?? assert.fail('there is no dyno')
  const watches = dynos.map((dyno) => dyno.watch(`${maps}?watch=1&resourceVersion=${body['metadata'].resourceVersion}`))
  t.after(() => watches.forEach((watch) => watch.close()))
  const writers = dynos.flatMap((dyno, at) =>
    ['a', 'b', 'c'].map(async (name) => {
      const path = `${maps}/${name}-${at}`
      await dyno.call('POST', maps, {
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-${at}` } },
      })
      // The other dyno writes the same object: neither may lose what the other wrote.
      for (let turn = 0; turn < 20; turn += 1) {
        const through = dynos[(at + turn) % dynos.length] ?? dyno
        const { code, text } = await through.call('PATCH', path, {
          body: { data: { [`k${turn}`]: 'v' } },
          headers: merge,
        })
        assert.equal(code, 200, text)
      }
    }),
  )
  await Promise.all(writers)
  const heard = await Promise.all(
    watches.map(async (watch) => {
      const events: string[] = []
      while (events.length < 6 * 21) {
        const { type, object } = await watch.next()
        events.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`)
      }
      return events
    }),
  )
  assert.deepEqual(heard[0], heard[1])
  const versions = heard[0]?.map((event) => Number(event.split(' ')[2])) ?? []
  assert.deepEqual(
    versions,
    [...new Set(versions)].toSorted((one, other) => one - other),
  )
  for (const dyno of dynos) {
    const { body: list } = await dyno.call('GET', maps)
    for (const { data } of list['items']) assert.equal(Object.keys(data).length, 20)
  }
})
