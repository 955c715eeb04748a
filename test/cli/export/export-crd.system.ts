import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { startApi } from '../../support/api-server.ts'
import { weir } from '../../support/cli.ts'

const run = promisify(execFile)
const missing = spawnSync('kubectl', ['version', '--client']).status !== 0 && 'no kubectl on this machine'

describe('weir export crd beside kubectl', { skip: missing }, () => {
  it('writes what kubectl reads as definitions of both kinds', async (t) => {
    const api = await startApi()
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-export-crd-'))
    t.after(async () => {
      await api.close()
      await rm(folder, { recursive: true })
    })
    await writeFile(join(folder, 'config'), api.kubeconfig, { mode: 0o600 })
    await writeFile(join(folder, 'crds.yaml'), (await weir(['export', 'crd'])).stdout)
    const { stdout } = await run(
      'kubectl',
      ['apply', '--dry-run=client', '--validate=strict', '-f', 'crds.yaml', '-o', 'name'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'config') },
      },
    )
    assert.deepEqual(stdout.trim().split('\n'), [
      'customresourcedefinition.apiextensions.k8s.io/streamapps.streams.weirkeeper.dev',
      'customresourcedefinition.apiextensions.k8s.io/gitsources.streams.weirkeeper.dev',
    ])
  })
})
