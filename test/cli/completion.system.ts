import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { weir } from '../support/cli.ts'

const run = promisify(execFile)
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

  it('says which shells there are', async () => {
    const { code, stderr } = await weir(['completion', 'ksh'])
    assert.deepEqual([code, stderr], [2, 'weir completion: there is none for ksh; say bash, zsh or fish\n'])
  })
})
