import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { openHeroku, type Heroku } from '../../src/heroku/open-heroku.ts'
import { json, loopback, type Loopback } from '../support/loopback.ts'

const live = new AbortController().signal

/** Both APIs on one plain server: the clients do not care. */
async function opened(
  answer: Parameters<typeof loopback>[0],
  timeoutMs = 2_000,
): Promise<AsyncDisposable & { readonly server: Loopback; readonly heroku: Heroku }> {
  const server = await loopback(answer)
  const heroku = openHeroku(
    { key: new Secret('key-of-a-test'), apiUrl: server.url, dataUrl: server.url, kafkaService: 'heroku-kafka' },
    { timeoutMs },
  )
  return {
    server,
    heroku,
    [Symbol.asyncDispose]: async () => {
      heroku.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const process = (type: string): unknown => ({ type, quantity: 1, size: 'Standard-1X', unknown_to_us: true })

describe('the clients of Heroku', () => {
  it('ask with the key, and for version 3', async () => {
    await using there = await opened((response) => json(response, 200, []))

    await there.heroku.platform.formation('example-app', live)

    const [request] = there.server.requests
    assert.equal(request?.line, 'GET /apps/example-app/formation')
    assert.equal(request.headers.authorization, 'Bearer key-of-a-test')
    assert.equal(request.headers.accept, 'application/vnd.heroku+json; version=3')
  })

  it('follow a list over its pages', async () => {
    await using there = await opened((response, { headers }) =>
      headers.range === undefined
        ? json(response, 206, [process('web')], { 'Next-Range': ']web..; max=1' })
        : json(response, 200, [process('worker')]),
    )

    const formation = await there.heroku.platform.formation('example-app', live)

    assert.deepEqual(formation.ok && formation.value.map(({ type }) => type), ['web', 'worker'])
    assert.equal(there.server.requests[1]?.headers.range, ']web..; max=1')
  })

  it('keep in mind how many calls are left', async () => {
    await using there = await opened((response) => json(response, 200, {}, { 'RateLimit-Remaining': '4321' }))

    await there.heroku.platform.configVars('example-app', live)

    assert.equal(there.heroku.remaining(), 4321)
  })

  it('say where an answer is not what it should be', async () => {
    await using there = await opened((response) =>
      json(response, 200, [{ type: 'worker', quantity: 'many', size: 'Eco' }]),
    )

    const formation = await there.heroku.platform.formation('example-app', live)

    assert.ok(!formation.ok && formation.error.kind === 'malformed', JSON.stringify(formation))
    assert.match(formation.error.detail, /\[0\]\.quantity should be a number and is string/)
  })

  it('take an answer that is no JSON as malformed', async () => {
    await using there = await opened((response) => void response.writeHead(200).end('<html>welcome</html>'))

    const vars = await there.heroku.platform.configVars('example-app', live)

    assert.equal(!vars.ok && vars.error.kind, 'malformed')
  })

  it('tell the resource that is not found, and what Heroku said', async () => {
    const body = { id: 'not_found', resource: 'app', message: "Couldn't find that app." }
    await using there = await opened((response) => json(response, 404, body))

    const vars = await there.heroku.platform.configVars('example-app', live)

    assert.deepEqual(vars, {
      ok: false,
      error: {
        kind: 'not-found',
        call: 'GET /apps/example-app/config-vars',
        resource: 'app',
        said: "Couldn't find that app",
      },
    })
  })

  it('take an empty 404 of the data API as not found', async () => {
    await using there = await opened((response) => void response.writeHead(404).end())

    const topics = await there.heroku.kafkaData.topics('an-id', live)

    assert.equal(!topics.ok && topics.error.kind, 'not-found')
  })

  it('give up on an answer that does not come', async () => {
    await using there = await opened(() => {}, 50)

    const vars = await there.heroku.platform.configVars('example-app', live)

    assert.ok(!vars.ok && vars.error.kind === 'unreachable')
    assert.match(vars.error.reason, /timeout/)
  })

  it('try a read once more when the connection was closed meanwhile, and a write never', async () => {
    await using there = await opened((response) => void response.socket?.destroy())

    const read = await there.heroku.platform.configVars('example-app', live)
    const readTries = there.server.requests.length
    const written = await there.heroku.platform.patchConfigVars('example-app', { A: '1' }, live)

    assert.ok(!read.ok && !written.ok)
    assert.deepEqual([readTries, there.server.requests.length - readTries], [2, 1])
  })

  it('end with the signal, and reject with its reason', async () => {
    await using there = await opened(() => {})
    const stop = new AbortController()
    const asked = there.heroku.platform.configVars('example-app', stop.signal)
    stop.abort(new Error('enough'))

    await assert.rejects(asked, /enough/)
  })

  it('say that nobody listens', async () => {
    const gone = await opened(() => {})
    await gone.server[Symbol.asyncDispose]()

    const vars = await gone.heroku.platform.configVars('example-app', live)
    gone.heroku.close()

    assert.ok(!vars.ok && vars.error.kind === 'unreachable')
    assert.match(vars.error.reason, /ECONNREFUSED/)
  })

  it('count a group on a dedicated cluster as made, for none is needed', async () => {
    const message = 'this command is not required or enabled on dedicated clusters'
    await using there = await opened((response) => json(response, 400, { id: 'bad_request', message }))

    assert.deepEqual(await there.heroku.kafkaData.createConsumerGroup('an-id', 'word-count', live), {
      ok: true,
      value: undefined,
    })
  })

  it('count what is not there as deleted', async () => {
    await using there = await opened((response) => json(response, 404, { message: 'Not found.' }))
    const { kafkaData } = there.heroku

    const answers = [
      await kafkaData.deleteTopic('an-id', 'lines', live),
      await kafkaData.deleteConsumerGroup('an-id', 'g', live),
    ]

    assert.ok(answers.every(({ ok }) => ok))
  })

  it('read the cleanup policy however it is written, and -1 as for ever', async () => {
    const topic = (name: string, cleanup_policy: string, retention_time_ms: number | null): unknown => ({
      name,
      partitions: 3,
      cleanup_policy,
      retention_time_ms,
    })
    const topics = [
      topic('a', '[compact, delete]', 5),
      topic('b', 'compact', null),
      topic('c', 'delete', -1),
      topic('d', 'odd', 1),
    ]
    await using there = await opened((response) =>
      json(response, 200, { attachment_name: 'KAFKA', prefix: '', topics }),
    )

    const seen = await there.heroku.kafkaData.topics('an-id', live)

    assert.ok(seen.ok)
    assert.equal(seen.value.prefix, null)
    assert.deepEqual(
      seen.value.topics.map(({ cleanupPolicy, retentionMs }) => [cleanupPolicy, retentionMs]),
      [
        ['compact,delete', 5],
        ['compact', null],
        ['delete', null],
        ['other', 1],
      ],
    )
  })
})
