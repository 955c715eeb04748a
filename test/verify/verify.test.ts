import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import { Verifier } from '../../src/verify/verify.ts'

const manifest = readFileSync(new URL('../../manifests/word-count.yaml', import.meta.url))
const [document] = parseManifests([{ name: 'word-count.yaml', bytes: manifest }]).apps
assert.ok(document)
const verifier = new Verifier(document.app)

describe('the controller, in a simulated world', () => {
  it('comes to the same end after whatever goes wrong: npm run verify plays more', async () => {
    const failures: string[] = []
    const what = { seed: 1, plans: 240, shard: 0, of: 1, withDays: false }
    const watcher = {
      played: () => {},
      failed: ({ shortest, violations }: { shortest: string; violations: readonly string[] }) =>
        void failures.push(`npm run verify -- --plan '${shortest}'\n${violations.join('\n')}`),
    }
    const { plans, converged } = await verifier.verify(what, watcher)

    assert.deepEqual(failures, [])
    assert.ok(plans >= 240)
    assert.equal(converged, plans)
  })

  it('plays the same plan the same way, call for call', async () => {
    const plan = { scenario: 'drift', seed: 5, troubles: [{ kind: 'stall-after', at: 12 } as const] }
    const first = await verifier.watch(plan)
    const second = await verifier.watch(plan)

    assert.deepEqual(second.requests, first.requests)
    assert.ok(first.requests.some(({ by }) => by.startsWith('clock.2')))
  })
})
