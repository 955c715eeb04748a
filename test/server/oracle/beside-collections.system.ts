import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { definitionOf } from '../../../src/server/kinds/definition.ts'
import { gitSourceKind } from '../../../src/server/kinds/git-source-kind.ts'
import { startPlainApi } from '../../support/plain-api-server.ts'
import { Chance } from './chance.ts'
import { compareCollections } from './compare-collections.ts'
import { defineKind, type Collection } from './served-object.ts'

const oracleUrl = process.env['WEIR_ORACLE_URL']
const numberFrom = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)
/** Side by side: a watch waits for a second. */
const conversations = 8

describe('collections of our server beside those of the genuine one', () => {
  it(
    'are listed, paged, watched and emptied the same',
    { skip: oracleUrl === undefined ? 'WEIR_ORACLE_URL names no genuine API server' : false },
    async () => {
      const api = await startPlainApi()
      const mark = Date.now().toString(36)
      const at = (baseUrl: string, namespace: string, headers: Collection['headers'] = {}): Collection => ({
        url: `${baseUrl}/apis/streams.weirkeeper.dev/v1alpha1/namespaces/${namespace}/gitsources`,
        kind: 'GitSource',
        headers,
      })
      try {
        const definition = JSON.parse(JSON.stringify(definitionOf(gitSourceKind)))
        await defineKind(oracleUrl ?? '', definition, at(oracleUrl ?? '', 'default').url)
        const seed = numberFrom('WEIR_ORACLE_SEED', 1)
        const steps = Math.ceil(numberFrom('WEIR_ORACLE_REQUESTS', 2000) / conversations)
        const found = await Promise.all(
          Array.from({ length: conversations }, async (_, index) => {
            const namespace = `beside-${index}-${mark}`
            await fetch(`${api.url}/api/v1/namespaces`, {
              method: 'POST',
              headers: { ...api.headers, 'content-type': 'application/json' },
              body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
            })
            const pair = { genuine: at(oracleUrl ?? '', namespace), ours: at(api.url, namespace, api.headers) }
            return compareCollections(pair, new Chance(seed * 1000 + index), { steps, object: gitSource })
          }),
        )
        const different = found.flat()
        for (const words of different.slice(0, 20)) console.error(words)
        console.error(`${steps * conversations} requests, ${different.length} answered otherwise`)
        assert.deepEqual(different.slice(0, 1), [])
      } finally {
        await api.close()
      }
    },
  )
})

function gitSource(name: string, tier: string): object {
  return {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'GitSource',
    metadata: { name, labels: { tier } },
    spec: { url: `https://example.com/${name}.git`, branch: 'main', path: 'apps' },
  }
}
