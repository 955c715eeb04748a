import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { definitionOf } from '../../../src/server/kinds/definition.ts'
import { gitSourceKind } from '../../../src/server/kinds/git-source-kind.ts'
import { startPlainApi } from '../../support/plain-api-server.ts'
import { askCollections, type Told } from './ask-collections.ts'
import { Chance } from './chance.ts'
import { gitSource, gitSourcesAt, gitSourcesIn, type CollectionRecord } from './git-sources.ts'
import { defineKind } from './served-object.ts'

const oracleUrl = process.env['WEIR_ORACLE_URL']
const numberFrom = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)
/** Side by side: a watch waits for a second. */
const conversations = 8

describe('collections of our server beside those of the genuine one', () => {
  it(
    'are listed, paged, watched and emptied the same',
    { skip: oracleUrl === undefined ? 'WEIR_ORACLE_URL names no genuine API server' : false },
    async () => {
      const genuine = oracleUrl ?? ''
      const api = await startPlainApi()
      const mark = Date.now().toString(36)
      const seed = numberFrom('WEIR_ORACLE_SEED', 1) * 1000
      const steps = Math.ceil(numberFrom('WEIR_ORACLE_REQUESTS', 2000) / conversations)
      try {
        const definition = JSON.parse(JSON.stringify(definitionOf(gitSourceKind)))
        await defineKind(genuine, definition, gitSourcesAt(genuine, 'default').url)
        const talks = Array.from({ length: conversations }, async (_, index) => {
          const namespace = `beside-${index}-${mark}`
          const pair = [gitSourcesAt(genuine, namespace), await gitSourcesIn(namespace, api)]
          return askCollections(pair, new Chance(seed + index), { steps, object: gitSource })
        })
        judge(await Promise.all(talks), seed, steps)
      } finally {
        await api.close()
      }
    },
  )
})

function judge(talks: readonly (readonly Told[])[], seed: number, steps: number): void {
  const different = talks
    .flat()
    .filter(({ answers: [genuine, ours] }) => genuine !== ours)
    .map(({ asked, answers: [genuine, ours] }) => `${asked}\n  genuine ${genuine}\n  ours    ${ours}`)
  for (const words of different.slice(0, 20)) console.error(words)
  console.error(`${talks.flat().length} requests, ${different.length} answered otherwise`)
  const file = process.env['WEIR_ORACLE_RECORD']
  const records: readonly CollectionRecord[] = talks.map((told, index) => ({
    seed: seed + index,
    steps,
    answers: told.map(({ answers: [genuine = ''] }) => genuine),
  }))
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(records)}\n`)
  assert.deepEqual(different.slice(0, 1), [])
}
