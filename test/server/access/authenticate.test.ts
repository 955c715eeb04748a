import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { Json } from '../../../src/record/record.ts'
import { adminUser, authenticator, hashOf, tokenKind } from '../../../src/server/access/authenticate.ts'
import { createToken } from '../../../src/server/access/create-token.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { CachedObject } from '../../../src/server/cache/cached-object.ts'
import { ObjectCache } from '../../../src/server/cache/object-cache.ts'
import { allKinds } from '../../../src/server/kinds/all-kinds.ts'
import type { Fields } from '../../support/api-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const kind = allKinds.find((one) => one.kind === 'ServiceAccount') ?? assert.fail('no such kind')
const target = { kind, namespace: 'default', name: 'bot' }
const hour = 3_600
const minute = 60

interface World {
  readonly clock: FakeClock
  readonly record: MemoryRecord
  readonly around: Parameters<typeof createToken>[0]
  readonly account: (metadata?: Fields) => Promise<void>
}

function world(): World {
  const clock = new FakeClock()
  const record = new MemoryRecord(clock)
  const cache = new ObjectCache(record, ['ServiceAccount', tokenKind])
  return {
    clock,
    record,
    around: { cache, clock, record, newToken: () => 'a-new-token' },
    account: async (metadata = {}) => {
      const body = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'bot', namespace: 'default', uid: 'one', ...metadata },
      }
      const key = { kind: 'ServiceAccount', namespace: 'default', name: 'bot' }
      await record.write([{ kind: 'put', key, expected: 'any', actor: 'test', body }])
    },
  }
}

function create({ around }: World, spec: Fields | undefined, isDryRun = false): Promise<Fields> {
  const body: Json = spec === undefined ? {} : { spec }
  return createToken(around, { target, actor: 'admin', isDryRun }, body)
}

describe('a token that is made lasts', () => {
  const cases: readonly (readonly [asked: Fields | undefined, seconds: number])[] = [
    [undefined, hour],
    [{}, hour],
    [{ expirationSeconds: 'long' }, hour],
    [{ expirationSeconds: null }, hour],
    [{ expirationSeconds: 2 * hour }, 2 * hour],
    [{ expirationSeconds: 700.4 }, 700],
    [{ expirationSeconds: 1 }, 10 * minute],
    [{ expirationSeconds: -1 }, 10 * minute],
    [{ expirationSeconds: 365 * 24 * hour }, 365 * 24 * hour],
    [{ expirationSeconds: 1e12 }, 365 * 24 * hour],
    [{ expirationSeconds: Infinity }, 365 * 24 * hour],
  ]
  for (const [spec, seconds] of cases) {
    it(`${seconds} s where ${JSON.stringify(spec)} is asked for, and not a millisecond longer`, async () => {
      const at = world()
      await at.account()
      const made = await create(at, spec)
      assert.equal(made['spec'].expirationSeconds, seconds)
      const endMs = Date.parse(made['status'].expirationTimestamp)
      assert.equal(endMs - at.clock.now(), seconds * 1000)
      await at.around.cache.fresh()
      const authenticate = authenticator([], at.around.cache)
      assert.equal(authenticate('a-new-token', endMs - 1)?.name, 'system:serviceaccount:default:bot')
      assert.equal(authenticate('a-new-token', endMs), undefined)
    })
  }

  it('not at all where its account is not there, though another process made one a moment ago', async () => {
    const at = world()
    await assert.rejects(create(at, {}), (error) => error instanceof ApiFailure && error.status.code === 404)
    await at.account()
    assert.equal((await create(at, {}))['status'].token, 'a-new-token')
  })

  it('not at all after a dry run, of which nothing is kept', async () => {
    const at = world()
    await at.account()
    await create(at, {}, true)
    assert.deepEqual((await at.record.list(tokenKind)).objects, [])
    await create(at, {})
    const [kept] = (await at.record.list(tokenKind)).objects
    assert.deepEqual(kept?.body['spec'], {
      namespace: 'default',
      account: 'bot',
      uid: 'one',
      expiresAt: '1970-01-01T01:16:40Z',
    })
  })
})

describe('who comes with a token', () => {
  it('is whom the configuration names, and nobody with another one', async () => {
    const { around } = world()
    const authenticate = authenticator([{ token: new Secret('known'), user: adminUser }], around.cache)
    assert.equal(authenticate('known', 0), adminUser)
    assert.equal(authenticate('knowm', 0), undefined)
  })

  const roles: readonly (readonly [annotated: string | undefined, role: string | undefined])[] = [
    [undefined, 'view'],
    ['view', 'view'],
    ['edit', 'edit'],
    ['admin', 'admin'],
    ['owner', undefined],
    ['', undefined],
  ]
  for (const [annotated, role] of roles) {
    it(`may ${role ?? 'do nothing'} where the account says ${annotated ?? 'nothing'}, in its own namespace`, async () => {
      const at = world()
      await at.account(annotated === undefined ? {} : { annotations: { 'streams.weirkeeper.dev/role': annotated } })
      await create(at, {})
      await at.around.cache.fresh()
      const user = authenticator([], at.around.cache)('a-new-token', at.clock.now())
      assert.deepEqual(user?.grants, role === undefined ? [] : [{ role, namespace: 'default' }])
      assert.ok(user.groups.includes('system:serviceaccounts:default'))
    })
  }

  const wrong: readonly Fields[] = [
    { namespace: undefined },
    { account: undefined },
    { namespace: 7 },
    { account: 7 },
    { expiresAt: undefined },
    { expiresAt: 9_999_999_999_999 },
    { uid: 'another' },
    { uid: undefined },
  ]
  for (const changed of wrong) {
    it(`is nobody where the record has that token otherwise than it was made: ${JSON.stringify(changed)} ${Object.keys(changed).join()}`, () => {
      const spec = { namespace: 'default', account: 'bot', uid: 'one', expiresAt: '2030-01-01T00:00:00Z' }
      const answers = (given: Fields) =>
        authenticator([], {
          // Whatever is asked for is there.
          get: ({ kind: asked }) =>
            new CachedObject({
              key: { kind: asked, namespace: '', name: hashOf('t') },
              version: 1,
              body: {
                apiVersion: 'v1',
                kind: asked,
                metadata: { name: 'bot', uid: 'one' },
                ...(asked === tokenKind && { spec: given }),
              },
            }),
        })('t', Date.parse('2029-01-01T00:00:00Z'))
      assert.ok(answers(spec))
      assert.equal(answers({ ...spec, ...changed }), undefined)
    })
  }
})
