import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { weir, type CliRun } from '../support/cli.ts'
import { direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

describe('weir plan --direct', () => {
  it('prints each change with its class, and the sum', async (t) => {
    const { run, emulator } = await direct(t)

    const { code, stdout } = await run('plan', goodManifest)

    assert.equal(code, 0)
    assert.match(stdout, /\+ topic lines: 6 partitions, delete, keeps 1d {2}\[safe\]/)
    assert.match(stdout, /~ config vars of my-heroku-app {2}\[restart\]/)
    assert.match(stdout, /~ dynos worker of my-heroku-app: 0 → 1 {2}\[rebalance\]/)
    assert.match(stdout, /Plan: 4 to add, 2 to change, 0 to destroy \(every dyno of the app restarts\)\n$/)
    assert.ok(emulator.heroku.knobs.requests.every(({ method }) => method === 'GET'))
  })

  it('adds the plan to the page of a run of GitHub Actions, and minds none that cannot be written', async (t) => {
    const { env } = await direct(t)
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-plan-'))
    t.after(() => rm(folder, { recursive: true }))
    const page = join(folder, 'summary.md')
    const plan = (file: string): Promise<CliRun> => {
      const actions = { ...env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file }
      return weir(['plan', '-f', '-', '--direct'], { env: actions, input: goodManifest })
    }
    assert.equal((await plan(page)).code, 0)
    const text = await readFile(page, 'utf8')
    assert.match(
      text,
      /^### StreamApp\/word-count\n\n````diff\n\+ topic lines: 6 partitions[^]*\nPlan: 4 to add.*\n````\n\n$/,
    )
    const unwritten = await plan(folder)
    assert.equal(unwritten.code, 0)
    assert.match(unwritten.stderr, /GITHUB_STEP_SUMMARY cannot be written/)
  })

  it('exits 1 for changes only when asked to', async (t) => {
    const { run } = await direct(t)

    const asked = await run('plan', goodManifest, '--detailed-exitcode')
    await run('apply', goodManifest)
    const settled = await run('plan', goodManifest, '--detailed-exitcode')

    assert.deepEqual([asked.code, settled.code], [1, 0])
  })

  it('tells the same as data with -o json', async (t) => {
    const { run } = await direct(t)

    const [plan] = JSON.parse((await run('plan', goodManifest, '-o', 'json')).stdout)

    assert.deepEqual(
      plan.changes.map((change: { kind: string; class: string }) => `${change.kind} ${change.class}`),
      [
        'create-topic safe',
        'create-topic safe',
        'create-topic safe',
        'create-group safe',
        'set-config-vars restart',
        'scale rebalance',
      ],
    )
    assert.deepEqual([plan.tasks.tasks, plan.refusals], [6, []])
  })

  it('shows what is refused beside what would be done, and exits by its kind', async (t) => {
    const { run } = await direct(t)

    const { code, stdout } = await run('plan', goodManifest.replace('retention: 24h', 'retention: 30d'))

    assert.equal(code, 2)
    assert.match(stdout, /✗ topic lines would keep 30d.*\[refused\]\n[\s\S]*, 1 refused/)
  })

  it('asks how an uncertain changelog is to be cleaned up, and never guesses', async (t) => {
    const { run } = await direct(t)
    const silent = goodManifest.replace('    stores: [ { name: counts, windowed: false } ]\n', '')

    const { code, stdout, stderr } = await run('plan', silent)

    assert.equal(code, 2, stdout)
    assert.match(stdout + stderr, /counts.*windowed/)
  })

  it('shows no value that may be a secret', async (t) => {
    const { run } = await direct(t)
    const secret = `${goodManifest}  streams: { config: { vault.token: hunter2 } }\n`

    const outputs = [await run('plan', secret), await run('plan', secret, '-o', 'json'), await run('diff', secret)]

    for (const { stdout, stderr } of outputs) assert.ok(!`${stdout}${stderr}`.includes('hunter2'), stdout)
  })
})
