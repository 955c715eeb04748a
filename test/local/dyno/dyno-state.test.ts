import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { DynoState } from '../../../src/local/dyno/dyno-manager.ts'
import { canBecome } from '../../../src/local/dyno/dyno-state.ts'

const states: readonly DynoState[] = ['starting', 'up', 'crashed', 'down', 'idle']
const allowed = new Set([
  'starting > up',
  'starting > crashed',
  'starting > down',
  'up > crashed',
  'up > down',
  'crashed > starting',
  'crashed > down',
])

for (const from of states) {
  for (const to of states) {
    const step = `${from} > ${to}`
    it(`${allowed.has(step) ? 'lets' : 'does not let'} a dyno go ${step}`, () => {
      assert.equal(canBecome(from, to), allowed.has(step))
    })
  }
}
