import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'

const root = dirname(dirname(import.meta.dirname))

it('counts every word right although a worker is killed, says so, and leaves nothing', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'weir-demo-test-'))
  try {
    const child = spawn(process.execPath, [join(root, 'scripts', 'demo.ts')], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    const said = await text(child.stdout)
    await ended
    assert.match(said, /^demo: OK/m, said)
    assert.match(said, /^► kill -9 +worker\.2/m)
    assert.equal(child.exitCode, 0)
    assert.deepEqual(await readdir(temporary), [])
  } finally {
    await rm(temporary, { recursive: true })
  }
})
