import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

it("the smoke soak runs the very topology of Kafka's SmokeTestClient", async () => {
  const golden: Record<string, string> = JSON.parse(readFileSync(at('test/fixtures/topologies/golden.json'), 'utf8'))
  const topology = await loadTopology(at('examples/smoke-test/topology.ts'))
  assert.equal(topology.describe(), golden['SmokeTestClient.getTopology()'])
})
