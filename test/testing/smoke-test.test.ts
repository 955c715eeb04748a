import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { serdes } from '../../src/index.ts'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import type { Topology } from '../../src/runtime/graph/topology.ts'
import { TestDriver } from '../../src/testing/index.ts'

/** Key and value in base64, and the timestamp. */
type Row = readonly [string | null, string | null, number | null]

it('Kafka’s own SmokeTest writes the same bytes to every topic, changelogs and repartition topics included', async (t) => {
  t.mock.method(console, 'log', () => undefined) // it tells every hundred records
  const file = new URL('../fixtures/java-smoke-test.json.br', import.meta.url)
  const java: Readonly<Record<string, readonly Row[]>> = JSON.parse(brotliDecompressSync(readFileSync(file)).toString())
  const example = new URL('../../examples/smoke-test/topology.ts', import.meta.url)
  const ours = run(await loadTopology(fileURLToPath(example)))

  assert.deepEqual(Object.keys(ours).toSorted(), Object.keys(java).toSorted())
  for (const [topic, rows] of Object.entries(java)) {
    // A suppression buffer's changelog has no times in Java's driver: they are left to the producer.
    const hasNone = rows[0]?.[2] === null
    const mine = (ours[topic] ?? []).map(([key, value, at]): Row => [key, value, hasNone ? null : at])
    assert.deepEqual(mine, rows, topic)
  }
})

/** test/java/smoke-test/SmokeTest.java sends the same. */
function run(topology: Topology): Readonly<Record<string, readonly Row[]>> {
  using driver = new TestDriver(topology, { cacheBytes: 0 })
  const data = driver.input('data', { keySerde: serdes.string, valueSerde: serdes.int })
  const begin = 1_600_000_000_000
  for (let index = 0; index < 2000; index += 1) {
    const key = ((index * 7) % 20) * 10
    const late = index % 13 === 0 ? 200_000 : 0
    data.send(`${key}-${key + 999}`, (index * 31) % 1000, { timestamp: begin + index * 90_000 - late })
  }
  data.send('flush', 0, { timestamp: begin + 4 * 24 * 3_600_000 })
  const topics: Record<string, Row[]> = {}
  for (const { topic, key, value, timestamp } of driver.produced)
    (topics[topic] ??= []).push([base64(key), base64(value), timestamp])
  return topics
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64')
}
