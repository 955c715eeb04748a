import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const weir = fileURLToPath(new URL('../../bin/weir', import.meta.url))

describe('weir verify', () => {
  it('plays one plan on a manifest, shows every request of it, and says whether all was level in the end', () => {
    const { status, stdout } = verify('-f', manifest('jvm-word-count.yaml'), '--plan', 'declare#1: crash-after@12')
    const lines = stdout.trimEnd().split('\n')
    assert.equal(lines.at(-1), '1 plan, 1 converged')
    assert.match(stdout, /^ +0 +0\.000 s +clock\.1\/1 .*$/m)
    assert.match(stdout, /clock\.1\/2/, 'another process goes on after the crash')
    assert.equal(status, 0)
  })

  it('says in one line what it cannot read, and ends with 2', () => {
    for (const [words, message] of [
      [['-f', 'no-such.yaml'], /no such file/],
      [['--plans', 'many'], /whole numbers/],
      [['--plan', 'nothing like it'], /weir verify: /],
      [['--speed', '2'], /Unknown option '--speed'/],
    ] as const) {
      const { status, stderr } = verify(...words)
      assert.equal(status, 2, words.join(' '))
      assert.match(stderr, message)
    }
  })
})

function manifest(name: string): string {
  return fileURLToPath(new URL(`../../manifests/${name}`, import.meta.url))
}

function verify(...words: readonly string[]) {
  return spawnSync(weir, ['verify', ...words], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
}
