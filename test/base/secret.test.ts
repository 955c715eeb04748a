import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'

describe('Secret', () => {
  const secret = new Secret('hunter2')

  it('prints as dots, however it is printed', () => {
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })]

    for (const text of shown) {
      assert.ok(text.includes('•••'), text)
      assert.ok(!text.includes('hunter2'), text)
    }
  })

  it('is revealed only when asked', () => assert.equal(secret.reveal(), 'hunter2'))
})
