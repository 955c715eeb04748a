import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
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
      const scaled = await onApp('streams:scale', 'word-count', '--dynos', '4')
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
    const files = await readdir(folder)
    assert.deepEqual(files.toSorted(), [
      'apply.js',
      'destroy.js',
      'diff.js',
      'index.js',
      'info.js',
      'scale.js',
      'wait.js',
    ])
    for (const file of files) assert.deepEqual(await broken(join(folder, file)), [], file)
  })
})

/** Which of the rules a command breaks. */
async function broken(file: string): Promise<readonly string[]> {
  const { default: command } = await import(pathToFileURL(file).href)
  const flags: readonly (readonly [string, { readonly description?: string }])[] = Object.entries(command.flags)
  const texts = [command.description, ...flags.map(([, { description = '' }]) => description)]
  const args: readonly { readonly required?: boolean }[] = Object.values(command.args ?? {})
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
