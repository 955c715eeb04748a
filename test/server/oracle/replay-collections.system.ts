import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { startPlainApi, type PlainApiServer } from '../../support/plain-api-server.ts'
import { askCollections } from './ask-collections.ts'
import { Chance } from './chance.ts'
import { gitSource, gitSourcesIn, type CollectionRecord } from './git-sources.ts'

const file = new URL('../../fixtures/oracle/collections-707.json', import.meta.url)

describe('our collections', () => {
  let api: PlainApiServer
  before(async () => {
    api = await startPlainApi()
  })
  after(() => api.close())

  it('are listed, paged and watched as those of the genuine API server were', { timeout: 50_000 }, async () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- beside-collections.system.ts wrote it
    const records = JSON.parse(readFileSync(file, 'utf8')) as readonly CollectionRecord[]
    assert.ok(records.flatMap(({ answers }) => answers).length >= 300, 'a record of hundreds of requests')
    const talks = records.map(async ({ seed, steps, answers }, index) => {
      const ours = await gitSourcesIn(`replay-${index}`, api)
      const told = await askCollections([ours], new Chance(seed), { steps, object: gitSource })
      const found = told.map(({ asked, answers: [got] }, at) => ({ asked, genuine: answers[at], ours: got }))
      return found.filter((step) => step.genuine !== step.ours)
    })
    assert.deepEqual((await Promise.all(talks)).flat().slice(0, 1), [])
  })
})
