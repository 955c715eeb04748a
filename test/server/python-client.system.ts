import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { startApi } from '../support/api-server.ts'
import { finished } from '../support/finished.ts'
import { installOnce } from '../support/install-once.ts'

const folderOf = (name: string): string => new URL(`clients/python/${name}`, import.meta.url).pathname

/** `cpython-311`, for which the packages are installed; undefined without a Python that can install some. */
function pythonHere(): string | undefined {
  const asked = ['-c', 'import pip, sys; assert sys.version_info >= (3, 10); print(sys.implementation.cache_tag)']
  const { status, stdout } = spawnSync('python3', asked, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const python = pythonHere()
const skip = python === undefined ? 'no python3 (3.10 or later) with pip on this machine' : false

it('the official Python client passes its cases on our API', { skip, timeout: 240_000 }, async (t) => {
  const packages = await installed(python ?? '')
  const api = await startApi()
  const home = await mkdtemp(join(tmpdir(), 'weirkeeper-python-'))
  t.after(async () => {
    await api.close()
    await rm(home, { recursive: true, force: true })
  })
  await writeFile(join(home, 'kubeconfig'), api.kubeconfig, { mode: 0o600 })
  const { code, stderr } = await finished(
    spawn('python3', [folderOf('try_client.py')], {
      env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'kubeconfig'), PYTHONPATH: packages },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    }),
  )
  assert.equal(code, 0, stderr)
  const cases = [...(await readFile(folderOf('try_client.py'), 'utf8')).matchAll(/^ {4}def test_/gm)].length
  assert.match(stderr, new RegExp(`^Ran ${cases} tests[^]*\nOK\n$`, 'm'))
})

/** Named for what is in it, so that a change of the pinned versions installs anew. */
async function installed(tag: string): Promise<string> {
  const requirements = await readFile(folderOf('requirements.txt'), 'utf8')
  const version = /^kubernetes==(.*)$/m.exec(requirements)?.[1]
  assert.ok(version)
  const hash = createHash('sha256').update(requirements).digest('hex')
  return installOnce({
    name: `python-client-${version}-${tag}-${hash.slice(0, 8)}`,
    what: `the Python client ${version} into the cache, once (100 MB)`,
    say: (progress) => console.log(`# ${progress}`),
    install: async (folder) => {
      const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile']
      const child = spawn('python3', [...args, '--requirement', folderOf('requirements.txt'), '--target', folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 180_000,
      })
      const { code, stderr } = await finished(child)
      assert.equal(code, 0, stderr)
    },
  })
}
