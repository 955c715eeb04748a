import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { weir } from '../support/cli.ts'
import { direct, type Direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

function requests({ emulator }: Direct): readonly string[] {
  return emulator.heroku.knobs.requests.map(({ host, method, path }) => `${host} ${method} ${path.split('/').at(-1)}`)
}

function forget({ emulator }: Direct): void {
  emulator.heroku.knobs.requests.length = 0
}

describe('weir apply --direct', () => {
  it('makes topics and group, then one write of config vars, then one of the formation', async (t) => {
    const there = await direct(t)

    const { code, stdout } = await there.run('apply', goodManifest, '--wait')

    assert.equal(code, 0)
    assert.match(stdout, /Plan: 4 to add, 2 to change, 0 to destroy[\s\S]*StreamApp\/word-count applied\n.*ready\n$/)
    assert.deepEqual(
      requests(there).filter((request) => !request.includes(' GET ')),
      [
        'data POST topics',
        'data POST topics',
        'data POST topics',
        'data POST consumer_groups',
        'platform PATCH config-vars',
        'platform PATCH formation',
      ],
    )
    const { prefix, topics } = (await there.emulator.data('GET', `${there.addonId}/topics`)).body
    assert.equal(topics.filter(({ name }: { name: string }) => !name.startsWith('__')).length, 3)
    const vars = (await there.emulator.call('GET', '/apps/my-heroku-app/config-vars')).body
    assert.equal(vars.STREAMS_APPLICATION_ID, `${prefix}word-count`)
  })

  it('costs 3 + 2 reads and no write when there is nothing to do', async (t) => {
    const there = await direct(t)
    await there.run('apply', goodManifest)
    forget(there)

    const { code, stdout } = await there.run('apply', goodManifest)

    assert.equal(code, 0)
    assert.match(stdout, /Plan: no changes\nStreamApp\/word-count unchanged/)
    assert.deepEqual(requests(there).toSorted(), [
      'data GET consumer_groups',
      'data GET topics',
      'platform GET addon-attachments',
      'platform GET config-vars',
      'platform GET formation',
    ])
  })

  it('costs no more with a repartition topic, which keeps the longest that the plan allows', async (t) => {
    const there = await direct(t)
    const withRepartition = goodManifest.replace(
      / {2}topology:[\s\S]*?(?= {2}topics:)/,
      '  topology: { operators: [ { name: counts, changelog: compact, repartition: true, sources: [lines] } ] }\n',
    )
    const first = await there.run('apply', withRepartition)
    assert.match(first.stdout, /repartition topic word-count-counts-repartition: .*keeps 7d/)
    forget(there)

    await there.run('apply', withRepartition)

    assert.equal(requests(there).length, 5)
  })

  it('makes no group on a dedicated plan, and the application id has no prefix', async (t) => {
    const there = await direct(t, { plan: 'heroku-kafka:standard-0' })

    const { code } = await there.run('apply', goodManifest, '--wait')

    assert.equal(code, 0)
    assert.ok(requests(there).every((request) => !request.includes('consumer_groups')))
    const vars = (await there.emulator.call('GET', '/apps/my-heroku-app/config-vars')).body
    assert.equal(vars.STREAMS_APPLICATION_ID, 'word-count')
  })

  it('shows the plan and writes nothing with --dry-run', async (t) => {
    const there = await direct(t)

    const { code, stdout } = await there.run('apply', goodManifest, '--dry-run')

    assert.equal(code, 0)
    assert.match(stdout, /Plan: 4 to add/)
    assert.ok(requests(there).every((request) => request.includes(' GET ')))
  })

  it('strips the prefix of the cluster from a pasted description, and refuses another', async (t) => {
    const there = await direct(t)
    const { prefix } = (await there.emulator.data('GET', `${there.addonId}/topics`)).body
    const pasted = (written: string): string => goodManifest.replace('topics: [lines]', `topics: [${written}lines]`)

    const other = await there.run('apply', pasted('other-99999.'))
    const own = await there.run('apply', pasted(prefix), '--wait')

    assert.equal(other.code, 2)
    assert.match(other.stderr, /reads other-99999\.lines, which does not exist/)
    assert.equal(own.code, 0, own.stderr)
    assert.ok(!own.stdout.includes(`topic ${prefix}`))
  })

  it('adopts what is there and matches, and sets right a changelog that would lose state', async (t) => {
    const there = await direct(t)
    const made = { name: 'word-count-counts-changelog', partition_count: 6, retention_time_ms: 86_400_000 }
    await there.emulator.data('POST', `${there.addonId}/topics`, { topic: { ...made, compaction: false } })
    await there.emulator.heroku.knobs.settled()

    const { code, stdout } = await there.run('apply', goodManifest)

    assert.equal(code, 0)
    assert.match(stdout, /~ changelog topic word-count-counts-changelog: delete → compact {2}\[safe\]/)
    assert.match((await there.run('plan', goodManifest)).stdout, /no changes/)
  })

  it('applies nothing of several manifests while one is refused', async (t) => {
    const there = await direct(t)
    const other = goodManifest
      .replace('name: word-count', 'name: other')
      .replace('app: my-heroku-app', 'app: absent-app')

    const { code, stderr } = await there.run('apply', `${goodManifest}---\n${other}`)

    assert.equal(code, 2)
    assert.match(stderr, /StreamApp\/other: Heroku knows no app absent-app/)
    assert.ok(requests(there).every((request) => request.includes(' GET ')))
  })

  it('refuses two StreamApps on one app, whose config vars can hold one application id', async (t) => {
    const there = await direct(t)
    const other = goodManifest
      .replace('name: word-count', 'name: other')
      .replace('spec:', 'spec:\n  process: { type: other }')

    const { code, stderr } = await there.run('apply', `${goodManifest}---\n${other}`)

    assert.deepEqual([code, requests(there)], [2, []])
    assert.match(stderr, /Heroku app my-heroku-app is run by StreamApp word-count already/)
  })

  it('stops when it is told to, and tells the app nothing', async (t) => {
    const delays = {
      topicListedMs: 0,
      topicReadyMs: 60_000,
      topicDeleteMs: 0,
      groupReadyMs: 0,
      addonProvisionMs: 0,
      webhookRetryMs: [],
    }
    const there = await direct(t, { delays })
    const stop = new AbortController()
    const told = {
      write: (text: string): void => {
        if (text.includes('waiting for')) stop.abort(new Error('interrupted'))
      },
      isTty: false,
      columns: 80,
      hasColour: false,
    }

    const { code } = await weir(['apply', '-f', '-', '--direct'], {
      env: there.env,
      input: goodManifest,
      signal: stop.signal,
      stderr: told,
    })

    assert.equal(code, 130)
    assert.ok(requests(there).every((request) => !request.includes('PATCH')))
  })
})
