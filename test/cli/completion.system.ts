import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { streamApp, streamApps } from '../support/api-stream-app.ts'
import { weir } from '../support/cli.ts'
import { weirWithPlane } from '../support/weir-with-plane.ts'

const run = promisify(execFile)
const bin = fileURLToPath(new URL('../../bin/weir', import.meta.url))
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

describe('weir completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`prints a script that ${shell} reads`, { skip: !has(shell) && `no ${shell} on this machine` }, async (t) => {
      const { stdout, code } = await weir(['completion', shell])
      assert.equal(code, 0)
      const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-completion-'))
      t.after(() => rm(folder, { recursive: true }))
      await writeFile(join(folder, 'script'), stdout)
      await run(shell, ['-n', join(folder, 'script')])
    })
  }

  const cases: readonly (readonly [typed: readonly string[], offers: readonly string[]])[] = [
    [['val'], ['validate']],
    [['topology', ''], ['describe']],
    [['topology', 'describe', '--out'], ['--output']],
    [
      ['apply', '--d'],
      ['--direct', '--dry-run'],
    ],
    [['get', 'x', '--wat'], ['--watch']],
    [['--ver'], ['--version']],
  ]
  it('offers commands, their second words and their options in bash', { skip: !has('bash') }, async () => {
    const { stdout: script } = await weir(['completion', 'bash'])
    for (const [typed, offers] of cases) {
      const words = ['weir', ...typed].map((word) => `'${word}'`).join(' ')
      const ask = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _weir; echo "\${COMPREPLY[@]}"`
      const { stdout } = await run('bash', ['-c', ask])
      assert.deepEqual(stdout.trim().split(' ').toSorted(), offers.toSorted(), typed.join(' '))
    }
  })

  it(
    'offers names of objects that the control plane has, of the namespace and the kind that were typed',
    { skip: !has('bash') },
    async (t) => {
      const { api, folder } = await weirWithPlane(t)
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'staging' } }
      await api.call('POST', '/api/v1/namespaces', { body: namespace })
      const head = { apiVersion: 'streams.weirkeeper.dev/v1alpha1' }
      const source = {
        ...head,
        kind: 'GitSource',
        metadata: { name: 'fleet' },
        spec: { url: 'https://git.example.com/a.git' },
      }
      await api.call('POST', '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/gitsources', { body: source })
      await api.call('POST', streamApps, { body: streamApp('word-count') })
      const inStaging = streamApp('orders', { app: 'orders-app' })
      await api.call('POST', streamApps.replace('/default/', '/staging/'), { body: inStaging })
      const { stdout: script } = await weir(['completion', 'bash'])
      const offered = async (...typed: readonly string[]): Promise<string> => {
        const words = [bin, ...typed].map((word) => `'${word}'`).join(' ')
        const ask = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _weir; echo "\${COMPREPLY[@]}"`
        const env = { ...process.env, WEIR_KUBECONFIG: join(folder, 'kubeconfig') }
        return (await run('bash', ['-c', ask], { env, cwd: folder })).stdout.trim()
      }
      assert.equal(await offered('describe', 'word'), 'word-count')
      assert.equal(await offered('get', '-n', 'staging', ''), 'orders')
      assert.equal(await offered('delete', 'gitsource', ''), 'fleet')
      assert.equal(await offered('wait', '-n', ''), 'default staging')
      assert.equal(await offered('get', '-o', 'js'), 'json jsonpath=')
    },
  )

  it('says which shells there are', async () => {
    const { code, stderr } = await weir(['completion', 'ksh'])
    assert.deepEqual([code, stderr], [2, 'weir completion: there is none for ksh; say bash, zsh or fish\n'])
  })
})
