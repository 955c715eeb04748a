import assert from 'node:assert/strict'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { goodManifest } from '../support/manifest.ts'

const bin = fileURLToPath(new URL('../../bin/weir', import.meta.url))
const cwd = mkdtempSync(join(tmpdir(), 'weir-main-'))
after(() => {
  rmSync(cwd, { recursive: true })
})
writeFileSync(join(cwd, 'good.yaml'), goodManifest)
writeFileSync(join(cwd, 'wrong.yaml'), goodManifest.replace('app: my-heroku-app', 'app: My_App'))

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
  return spawn(bin, words, { cwd, env: { PATH: process.env['PATH'], ...env } })
}

async function run(
  words: readonly string[],
  given: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
) {
  const child = start(words, given.env)
  child.stdin.end(given.input ?? '')
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { stdout, stderr, code }
}

describe('weir as a process', () => {
  it('prints its version', async () => {
    const { code, stdout } = await run(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  })

  it('loads three files of ours and none of a package to print its version', async () => {
    const hooks = `import { registerHooks } from 'node:module'
      registerHooks({ load: (url, context, next) => (/^(file|data):/.test(url) && console.error(url), next(url, context)) })`
    const { stderr } = await run(['--version'], {
      env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hooks)}` },
    })
    const loaded = stderr
      .trim()
      .split('\n')
      .map((url) => url.slice(url.lastIndexOf('/src/') + 1))
    assert.deepEqual(loaded.toSorted(), ['src/cli/exit-code.ts', 'src/cli/main.ts', 'src/cli/terminal.ts'])
  })

  it('answers the exit code of a command', async () => {
    assert.equal((await run(['validate', '-f', 'good.yaml'])).code, 0)
    assert.equal((await run(['validate', '-f', 'wrong.yaml'])).code, 2)
    assert.equal((await run(['no-such-command'])).code, 2)
  })

  it('reads what is piped in', async () => {
    const { code, stdout } = await run(['validate', '-f', '-', '-o', 'json'], { input: goodManifest })
    assert.equal(code, 0)
    assert.match(stdout, /"tasks": 6/)
  })

  it('is plain in a pipe, and coloured where that is asked for', async () => {
    // oxlint-disable-next-line no-control-regex -- an escape character is what this looks for
    const escape = /\u001B/
    assert.doesNotMatch((await run(['validate', '-f', 'wrong.yaml'])).stderr, escape)
    assert.match((await run(['validate', '-f', 'wrong.yaml'], { env: { FORCE_COLOR: '1' } })).stderr, escape)
    assert.doesNotMatch(
      (await run(['validate', '-f', 'wrong.yaml', '--no-color'], { env: { FORCE_COLOR: '1' } })).stderr,
      escape,
    )
  })

  it('does not mind a reader that goes away', async () => {
    const child = start(['explain', 'streamapp'])
    child.stdout.destroy()
    const code = await new Promise((resolve) => child.on('close', resolve))
    assert.equal(code, 0)
  })

  it('ends on Ctrl-C with 130', async () => {
    // Waits for stdin, which stays open.
    const child = start(['validate', '-f', '-'])
    await text(start(['--version']).stdout)
    const poke = setInterval(() => child.kill('SIGINT'), 50)
    const code = await new Promise((resolve) => child.on('close', (ended, signal) => resolve(ended ?? signal)))
    clearInterval(poke)
    assert.ok(code === 130 || code === 'SIGINT', String(code))
  })

  it('describes a topology that imports weirkeeper, wherever its file lies', async () => {
    const source = `import * as weirkeeper from 'weirkeeper'
if (Object.keys(weirkeeper).length === 0) throw new Error('weirkeeper exports nothing')
export default { describe: () => 'Topologies:\\n ' }
`
    writeFileSync(join(cwd, 'topology.ts'), source)
    assert.deepEqual(await run(['topology', 'describe', 'topology.ts']), {
      code: 0,
      stdout: 'Topologies:\n ',
      stderr: '',
    })
  })
})
