import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { readHerokuSettings } from '../../src/heroku/settings.ts'

const key = { HEROKU_API_KEY: 'key-of-a-test' }

describe('readHerokuSettings', () => {
  const hosts = [
    [{}, 'https://api.heroku.com', 'https://api.data.heroku.com'],
    [{ HEROKU_HOST: 'herokudev.com' }, 'https://api.herokudev.com', 'https://api.data.heroku.com'],
    [{ HEROKU_HOST: 'http://127.0.0.1:18080/' }, 'http://127.0.0.1:18080', 'https://api.data.heroku.com'],
    [{ HEROKU_DATA_HOST: '127.0.0.1:18443' }, 'https://api.heroku.com', 'https://127.0.0.1:18443'],
    [{ HEROKU_HOST: '', HEROKU_DATA_HOST: '' }, 'https://api.heroku.com', 'https://api.data.heroku.com'],
  ] as const
  for (const [env, apiUrl, dataUrl] of hosts) {
    it(`reads ${JSON.stringify(env)} as the heroku CLI does`, () => {
      const settings = readHerokuSettings({ ...key, ...env })

      assert.ok(settings.ok)
      assert.deepEqual([settings.value.apiUrl, settings.value.dataUrl], [apiUrl, dataUrl])
    })
  }

  it('reads WEIR_HEROKU_ names, which a config var may have, where the usual ones are not set', () => {
    const own = { WEIR_HEROKU_API_KEY: 'key-of-a-dyno', WEIR_HEROKU_HOST: 'http://127.0.0.1:18080' }
    const settings = readHerokuSettings(own)
    assert.ok(settings.ok)
    assert.deepEqual([settings.value.key.reveal(), settings.value.apiUrl], ['key-of-a-dyno', 'http://127.0.0.1:18080'])
    const both = readHerokuSettings({ ...own, ...key })
    assert.equal(both.ok && both.value.key.reveal(), 'key-of-a-test')
  })

  it('tells every mistake at once', () => {
    const settings = readHerokuSettings({ HEROKU_HOST: 'https://evil.example', HEROKU_DATA_HOST: 'http://127.0.0.1:1' })

    assert.ok(!settings.ok)
    assert.deepEqual(
      settings.error.map((mistake) => /^\w+/.exec(mistake)?.[0]),
      ['HEROKU_API_KEY', 'HEROKU_HOST', 'HEROKU_DATA_HOST'],
    )
  })

  it('sends the key to no host that only looks like one of ours', () => {
    for (const host of [
      'notheroku.com',
      'heroku.com.evil.example',
      'localhost.evil.example',
      'http://127.0.0.1@evil.example',
    ]) {
      assert.ok(!readHerokuSettings({ ...key, HEROKU_HOST: host }).ok, host)
    }
  })

  it('never shows the key', () => {
    const shown = inspect(readHerokuSettings(key), { depth: 9, showHidden: true })

    assert.ok(!shown.includes(key.HEROKU_API_KEY), shown)
  })
})
