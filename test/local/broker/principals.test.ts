import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mappingRules, owner, principalFor } from '../../../src/local/broker/principals.ts'

/** What Kafka does with a rule: the first that fits names the principal, and DEFAULT keeps the distinguished name. */
function principalAt(listener: keyof typeof mappingRules, commonName: string): string {
  const [rule, last] = mappingRules[listener].split('/,')
  const [pattern, replacement] = (rule ?? '').slice('RULE:'.length).split('/')
  assert.deepEqual([replacement, last], ['$1', 'DEFAULT'])
  const name = `CN=${commonName}`
  return name.replace(new RegExp(pattern ?? ''), '$1')
}

describe('principals of the local broker', () => {
  const basic = principalFor('yukon-12345.', 'a1')
  const dedicated = principalFor(null, 'a1')

  const cases = [
    { listener: 'basic', name: basic, principal: basic },
    { listener: 'basic', name: dedicated, principal: `CN=${dedicated}` },
    { listener: 'basic', name: owner, principal: `CN=${owner}` },
    { listener: 'dedicated', name: basic, principal: `CN=${basic}` },
    { listener: 'dedicated', name: dedicated, principal: dedicated },
    { listener: 'dedicated', name: owner, principal: owner },
    { listener: 'owner', name: basic, principal: `CN=${basic}` },
    { listener: 'owner', name: dedicated, principal: `CN=${dedicated}` },
    { listener: 'owner', name: owner, principal: owner },
  ] as const
  for (const { listener, name, principal } of cases) {
    it(`takes ${name} for ${principal} on the ${listener} listener`, () =>
      assert.equal(principalAt(listener, name), principal))
  }
})
