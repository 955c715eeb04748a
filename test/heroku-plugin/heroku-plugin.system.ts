import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { herokuCli, type CliRun, type HerokuCli } from '../support/heroku-cli.ts'
import { openEmulator, type Emulator } from '../support/heroku-emulator.ts'
import { goodManifest } from '../support/manifest.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** The real `heroku` command with the plugin linked; each command costs a second or two. */
describe('heroku streams', () => {
  let emulator: Emulator
  let api: ApiUnderTest
  let cli: HerokuCli
  let manifest: string
  let closeEmulator: () => Promise<void>

  before(async () => {
    const opened = await openEmulator()
    emulator = opened.emulator
    closeEmulator = opened.close
    api = await startApi()
    cli = await herokuCli(emulator.heroku, (progress) => console.log(`# ${progress}`), {
      plugin: join(repository, 'heroku-plugin'),
      env: { WEIR_BIN: join(repository, 'bin', 'weir') },
    })
    manifest = join(cli.pluginRoot, 'manifest.yaml')
    await writeFile(manifest, goodManifest)
    await emulator.deployed('my-heroku-app')
    await emulator.kafka('my-heroku-app', 'heroku-kafka:basic-0')
  })

  after(async () => {
    await cli.close()
    await api.close()
    await closeEmulator()
  })

  const heroku = (...args: string[]): Promise<CliRun> => cli.run(...args, '--app', 'my-heroku-app')
  const said = ({ code, stdout, stderr }: CliRun): string => `${code}\n${stdout}\n${stderr}`

  it('shows what would change, makes it so, and shows that nothing differs', async () => {
    const differing = await heroku('streams:diff', '--manifest', manifest)
    assert.equal(differing.code, 1, said(differing))
    assert.match(differing.stdout, /topic lines/)
    const applied = await heroku('streams:apply', '--manifest', manifest, '--wait')
    assert.equal(applied.code, 0, said(applied))
    assert.match(applied.stdout, /StreamApp\/word-count applied/)
    assert.equal((await heroku('streams:diff', '--manifest', manifest)).code, 0)
  })

  it('lists and shows the stream app', async () => {
    const [listed, info] = await Promise.all([
      heroku('streams', '--manifest', manifest),
      heroku('streams:info', '--manifest', manifest),
    ])
    assert.match(listed.stdout, /word-count +True +Converged/, said(listed))
    assert.match(info.stdout, /Heroku app: +my-heroku-app[^]*word-count-counts-changelog/, said(info))
  })

  it('refuses a manifest of another app, and a destruction that is not confirmed', async () => {
    const [other, unconfirmed] = await Promise.all([
      cli.run('streams:apply', '--manifest', manifest, '--app', 'other-app'),
      heroku('streams:destroy', '--manifest', manifest, '--confirm', 'other-app'),
    ])
    assert.equal(other.code, 2, said(other))
    assert.match(other.stderr, /about app my-heroku-app, and not about other-app/)
    assert.ok(unconfirmed.code !== 0, said(unconfirmed))
    assert.match(unconfirmed.stderr, /did not match/)
  })

  it('says that nothing could be seen, and no list, where Heroku cannot be reached', async () => {
    const away = await herokuCli(emulator.heroku, () => {}, {
      plugin: join(repository, 'heroku-plugin'),
      env: { WEIR_BIN: join(repository, 'bin', 'weir'), HEROKU_HOST: 'http://127.0.0.1:9' },
    })
    try {
      const listed = await away.run('streams', '--manifest', manifest, '--app', 'my-heroku-app')
      assert.deepEqual([listed.code, listed.stdout], [3, ''], said(listed))
      assert.match(listed.stderr, /cannot reach 127\.0\.0\.1:9/)
      const unnamed = await away.run('streams:info', '--app', 'my-heroku-app')
      assert.equal(unnamed.code, 3, said(unnamed))
      assert.match(unnamed.stderr, /no control plane is named. .*name a manifest with --manifest FILE/)
    } finally {
      await away.close()
    }
  })

  it('destroys once it is confirmed', async () => {
    const destroyed = await heroku('streams:destroy', '--manifest', manifest, '--confirm', 'my-heroku-app')
    assert.equal(destroyed.code, 0, said(destroyed))
    const { body } = await emulator.call('GET', '/apps/my-heroku-app/formation')
    assert.deepEqual(
      body.map(({ type, quantity }: { type: string; quantity: number }) => [type, quantity]),
      [['worker', 0]],
    )
  })

  it('scales and waits with the control plane that the kubeconfig names', async () => {
    const kubeconfig = join(cli.pluginRoot, 'kubeconfig')
    await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 })
    const withPlane = await herokuCli(emulator.heroku, () => {}, {
      plugin: join(repository, 'heroku-plugin'),
      env: { WEIR_BIN: join(repository, 'bin', 'weir'), WEIR_KUBECONFIG: kubeconfig },
    })
    try {
      const onApp = (...args: string[]): Promise<CliRun> => withPlane.run(...args, '--app', 'my-heroku-app')
      const applied = await onApp('streams:apply', '--manifest', manifest, '--control-plane')
      assert.match(applied.stdout, /streamapp\/word-count created/, said(applied))
      const [rows, info, other] = await Promise.all([
        onApp('streams', '--json'),
        onApp('streams:info', '--json'),
        withPlane.run('streams:destroy', 'word-count', '--confirm', 'other-app', '--app', 'other-app'),
      ])
      assert.deepEqual(JSON.parse(rows.stdout)[0].name, 'word-count', said(rows))
      assert.equal(JSON.parse(info.stdout)[0].object.spec.app, 'my-heroku-app', said(info))
      assert.equal(other.code, 2, said(other))
      assert.match(other.stderr.replaceAll(/\s+(›\s+)?/g, ' '), /no stream app word-count on other-app/)
      const scaled = await onApp('streams:scale', '--dynos', '4')
      assert.match(scaled.stdout, /streamapp\/word-count scaled/, said(scaled))
      // No controller runs here, so it never is ready.
      const waited = await onApp('streams:wait', 'word-count', '--timeout', '1s')
      assert.equal(waited.code, 4, said(waited))
      assert.match((await onApp('streams')).stdout, /word-count/)
    } finally {
      await withPlane.close()
    }
  })

  // The rules: Heroku's AGENTS.md for plugins, after its RFC 000282.
  it('keeps to Heroku’s rules for plugins', async () => {
    const folder = join(cli.pluginRoot, 'commands', 'streams')
    const { oclif } = JSON.parse(await readFile(join(cli.pluginRoot, 'package.json'), 'utf8'))
    assert.deepEqual(Object.keys(oclif.topics), ['streams'], 'one topic, a noun in the plural')
    const files = await readdir(folder)
    const verbs = ['apply.js', 'destroy.js', 'diff.js', 'index.js', 'info.js', 'scale.js', 'wait.js']
    assert.deepEqual(files.toSorted(), verbs, 'verbs, and an index that lists')
    for (const file of files) {
      assert.deepEqual(await broken(join(folder, file)), [], file)
      assert.deepEqual(unkept(await readFile(join(folder, file), 'utf8'), file), [], file)
    }
    const shared = await readFile(join(cli.pluginRoot, 'lib', 'weir.js'), 'utf8')
    assert.match(
      shared,
      /ux\.action\.start[^]*ux\.action\.stop[^]*notify\(/,
      'says what it does, and when that took long',
    )
  })
})

/** What only the text of a command shows. */
function unkept(text: string, file: string): readonly string[] {
  const acts = ['apply.js', 'destroy.js', 'scale.js', 'wait.js'].includes(file)
  const rules: readonly (readonly [boolean, RegExp, string])[] = [
    [acts, /await act\(this, /, 'a mutation, or what takes long, shows ux.action'],
    [
      file === 'destroy.js',
      /hux\.confirmCommand\(\{[^]*confirmation: flags\.confirm/,
      'what destroys asks, or takes --confirm',
    ],
    [file === 'index.js', /hux\.table\(/, 'many are a hux.table'],
    [['index.js', 'info.js'].includes(file), /static flags = \{.*\bjson\b/, 'what shows has --json'],
    [
      true,
      /^(?![^]*(process\.exit|console\.log|axios))/,
      'it prints and ends as oclif does, and asks Heroku through weir',
    ],
  ]
  return rules.filter(([applies, pattern]) => applies && !pattern.test(text)).map(([, , rule]) => rule)
}

/** Which of the rules a command breaks. */
async function broken(file: string): Promise<readonly string[]> {
  const { default: command } = await import(pathToFileURL(file).href)
  const flags: readonly (readonly [string, { readonly description?: string }])[] = Object.entries(command.flags)
  const args: readonly { readonly required?: boolean; readonly description?: string }[] = Object.values(
    command.args ?? {},
  )
  const texts = [
    command.description,
    ...flags.map(([, { description = '' }]) => description),
    ...args.map(({ description = '' }) => description),
  ]
  return [
    ...texts
      .filter((text) => !/^[a-z]/.test(text) || text.endsWith('.'))
      .map((text) => `no fragment in lower case: ${text}`),
    ...(args.filter(({ required }) => required !== true).length > 1 ? ['more than one optional argument'] : []),
    ...(command.examples.length === 0 ? ['no example'] : []),
    ...command.examples.filter(
      (example: string) => !/^\$ heroku streams.* --app example-app$/.test(example) || / -\w /.test(example),
    ),
    ...(flags.some(([name]) => name === 'app') && flags.some(([name]) => name === 'remote')
      ? []
      : ['no --app and --remote']),
  ]
}
