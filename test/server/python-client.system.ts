import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { startApi } from '../support/api-server.ts'
import { finished } from '../support/finished.ts'
import { installPackages, noPython, pythonHere } from '../support/python-packages.ts'

const folderOf = (name: string): string => new URL(`clients/python/${name}`, import.meta.url).pathname

const python = pythonHere()
const skip = python === undefined ? noPython : false

it('the official Python client passes its cases on our API', { skip, timeout: 240_000 }, async (t) => {
  const requirements = folderOf('requirements.txt')
  const packages = await installPackages({ requirements, main: 'kubernetes', megabytes: 100, tag: python ?? '' })
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
