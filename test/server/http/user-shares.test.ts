import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { plain, type Answer } from '../../../src/server/http/answer.ts'
import { UserShares } from '../../../src/server/http/user-shares.ts'
import { startServer } from '../../../src/server/start-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const answered = (): Promise<Answer> => Promise.resolve(plain(200, 'ok'))
const codeOf = (answer: Answer): number => (answer.kind === 'text' ? answer.code : 0)

describe('the share of a user', () => {
  it('is four seconds of requests at once, then so many a second, and is told when to come again', async () => {
    const clock = new FakeClock()
    const shares = new UserShares({ perSecond: 2, atOnce: 10 }, clock)
    const ask = async (): Promise<number> => codeOf(await shares.enter('ann', answered))
    const codes = await Promise.all(Array.from({ length: 10 }, ask))
    assert.deepEqual(
      codes.map((code) => code === 200),
      [...Array<boolean>(8).fill(true), false, false],
    )
    const refused = await shares.enter('ann', answered)
    assert.ok(refused.kind === 'text')
    assert.equal(refused.code, 429)
    assert.deepEqual(refused.headers, { 'Retry-After': '1' })
    const body: unknown = JSON.parse(String(refused.body))
    assert.equal(Reflect.get(Object(body), 'reason'), 'TooManyRequests')
    clock.turn(500)
    assert.deepEqual([await ask(), await ask()], [200, 429])
  })

  it('is not used up by another user', async () => {
    const shares = new UserShares({ perSecond: 1, atOnce: 1 }, new FakeClock())
    for (let count = 0; count < 20; count += 1) await shares.enter('greedy', answered)
    assert.equal(codeOf(await shares.enter('greedy', answered)), 429)
    assert.equal(codeOf(await shares.enter('ann', answered)), 200)
  })

  it('holds so many requests at once, and is free again when one was answered, well or not', async () => {
    const shares = new UserShares({ perSecond: 100, atOnce: 2 }, new FakeClock())
    const slow = Promise.withResolvers<Answer>()
    const waiting = [1, 2].map(() => shares.enter('ann', () => slow.promise))
    assert.equal(codeOf(await shares.enter('ann', answered)), 429)
    slow.reject(new Error('it broke'))
    for (const result of await Promise.allSettled(waiting)) assert.equal(result.status, 'rejected')
    assert.equal(codeOf(await shares.enter('ann', answered)), 200)
  })

  it('is used up by what is sent, too: a body of 3 MB costs as much as a hundred requests', async () => {
    const clock = new FakeClock()
    const shares = new UserShares({ perSecond: 10, atOnce: 10 }, clock)
    const send = (): Promise<Answer> =>
      shares.enter('ann', () => {
        shares.charge('ann', 3 * 1024 * 1024)
        return answered()
      })
    assert.equal(codeOf(await send()), 200)
    const refused = await shares.enter('ann', answered)
    assert.ok(refused.kind === 'text')
    assert.deepEqual([refused.code, refused.headers], [429, { 'Retry-After': '6' }])
    assert.equal(codeOf(await shares.enter('bob', answered)), 200)
    clock.turn(6_000)
    assert.equal(codeOf(await shares.enter('ann', answered)), 200)
  })

  it('is forgotten of the many who ask nothing, and of nobody who is in debt', async () => {
    const clock = new FakeClock()
    const shares = new UserShares({ perSecond: 1, atOnce: 1 }, clock)
    for (let user = 0; user < 1_000; user += 1) await shares.enter(`user-${user}`, answered)
    for (let count = 0; count < 4; count += 1) await shares.enter('greedy', answered)
    await shares.enter('one more', answered)
    assert.equal(codeOf(await shares.enter('greedy', answered)), 429)
  })
})

it('the server answers others while one user asks too much', async () => {
  const token = (name: string) => ({
    token: new Secret(`token-of-${name}`),
    user: { name, groups: [], grants: [{ role: 'view', namespace: 'default' }] as const },
  })
  const server = await startServer({
    record: new MemoryRecord(systemClock),
    tls: undefined,
    tokens: [token('greedy'), token('ann')],
    clock: systemClock,
    port: 0,
    userLimits: { perSecond: 1, atOnce: 4 },
  })
  const ask = async (name: string): Promise<Response> => {
    const path = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps'
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer token-of-${name}` } })
    await response.arrayBuffer()
    return response
  }
  try {
    const many = await Promise.all(Array.from({ length: 40 }, () => ask('greedy')))
    const held = many.filter(({ status }) => status === 429)
    assert.ok(held.length > 0)
    assert.ok(held.every(({ headers }) => Number(headers.get('retry-after')) >= 1))
    assert.equal((await ask('ann')).status, 200)
  } finally {
    await server.close()
  }
})
