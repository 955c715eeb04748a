import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { DynoManager, DynoRelease } from '../../../src/local/dyno/dyno-manager.ts'
import { describesDynos } from './dyno-contract.ts'
import { isAlive, realDynos, type RealDynos } from './real-dynos.ts'
import { until } from '../../support/until.ts'

let slug = ''
before(async () => {
  slug = await mkdtemp(join(tmpdir(), 'weir-slug-test-'))
  await mkdir(join(slug, 'node_modules', '.bin'), { recursive: true })
  await writeFile(join(slug, 'text.txt'), 'from the slug\n')
  await writeFile(join(slug, 'node_modules', '.bin', 'own-tool'), '#!/bin/sh\necho own tool\n', { mode: 0o755 })
})
after(() => rm(slug, { recursive: true }))

const release = (command: string, own: Partial<DynoRelease> = {}): DynoRelease => ({
  id: 'r1',
  version: 1,
  slugDirectory: slug,
  processTypes: { worker: command, web: command },
  env: {},
  ...own,
})

const said = (dynos: DynoManager, source: 'app' | 'heroku' = 'app'): readonly string[] =>
  dynos.log.lines({ source }).map(({ text }) => text)

const oneOff = { size: 'standard-1x', env: {}, timeToLiveSeconds: null }

async function outputOf(dynos: DynoManager, command: string): Promise<readonly string[]> {
  const { name } = dynos.runOneOff({ ...oneOff, command })
  await until(() => dynos.list().every((dyno) => dyno.name !== name), `${name} ended`)
  return dynos.log.lines({ dyno: name, source: 'app' }).map(({ text }) => text)
}

describe('a dyno as a real process', () => {
  it('finds a fresh copy of the slug at every start, and leaves no disk behind (P1)', async () => {
    await using bench = await realDynos()
    bench.dynos.release(release('true'))
    for (let start = 0; start < 2; start += 1) {
      const lines = await outputOf(
        bench.dynos,
        'cat text.txt; ls | tr "\\n" " "; own-tool; echo changed > text.txt; touch new "$TMPDIR/t"',
      )
      assert.deepEqual(lines, ['from the slug', 'node_modules text.txt own tool'])
    }
    await until(async () => (await readdir(bench.folder)).length === 0, 'the disks are gone')
  })

  it('sees its config vars, DYNO, PATH and HOME, and nothing of our own environment (P2)', async () => {
    process.env['WEIR_TEST_SECRET'] = 'must not leak'
    await using bench = await realDynos()
    bench.dynos.release(release('true', { env: { COLOR: 'blue', MANY: 'two\nlines' } }))
    const names = (await outputOf(bench.dynos, 'env -0 | tr "\\n\\0" " \\n" | cut -d= -f1 | sort')).filter(
      (name) => name !== '_',
    )
    assert.deepEqual(
      names.filter((name) => name !== 'PWD'),
      ['COLOR', 'DYNO', 'HOME', 'JAVA_TOOL_OPTIONS', 'LANG', 'MANY', 'PATH', 'TMPDIR'],
    )
    assert.deepEqual(
      await outputOf(bench.dynos, 'echo "$DYNO $COLOR $MANY"').then(([line]) => line?.slice(9)),
      'blue two',
    )
  })

  it('writes what it says on both streams into the log, and how it ended', async () => {
    await using bench = await realDynos()
    bench.dynos.release(release('true'))
    await outputOf(bench.dynos, 'echo out; echo err >&2; printf unfinished; exit 7')
    assert.deepEqual(said(bench.dynos).toSorted(), ['err', 'out', 'unfinished'])
    assert.ok(said(bench.dynos, 'heroku').includes('Process exited with status 7'))
  })

  it('sends SIGTERM to every process of the dyno, and SIGKILL to those that stay (D3)', async () => {
    await using bench = await realDynos({ graceMs: 300 })
    bench.dynos.release(
      release(
        `(trap 'echo child stops; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & trap '' TERM; wait; sleep 600`,
      ),
    )
    bench.dynos.scale('worker', 1, 'standard-1x')
    await until(() => said(bench.dynos).includes('ready'), 'the child is ready')
    const pid = bench.dynos.list()[0]?.pid ?? 0
    bench.dynos.scale('worker', 0, 'standard-1x')
    await until(() => !isAlive(pid), 'the dyno is gone')
    await until(() => said(bench.dynos, 'heroku').includes('Process exited with status 137'), 'its end is in the log')
    assert.ok(said(bench.dynos).includes('child stops'))
    const r12 = 'Error R12 (Exit timeout) -> At least one process failed to exit within 0.3 seconds of SIGTERM'
    assert.ok(said(bench.dynos, 'heroku').includes(r12))
  })

  it('lets the children of a shell end in peace after the shell itself went (P4)', async () => {
    await using bench = await realDynos({ graceMs: 5_000 })
    bench.dynos.release(
      release(`(trap 'sleep 0.3; echo child is done; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & wait`),
    )
    bench.dynos.scale('worker', 1, 'standard-1x')
    await until(() => said(bench.dynos).includes('ready'), 'the child is ready')
    await bench.dynos.close()
    assert.ok(said(bench.dynos).includes('child is done'))
  })

  it('ends the other processes when the main one crashes, and starts again at once', async () => {
    await using bench = await realDynos()
    bench.dynos.release(release('sleep 600 & echo child $!; [ -f started ] || sleep 0.1; exit 1'))
    bench.dynos.scale('worker', 1, 'standard-1x')
    await until(() => said(bench.dynos).length >= 3, 'it crashed twice')
    const first = Number(said(bench.dynos)[0]?.replace('child ', ''))
    await until(() => !isAlive(first), 'the first child is gone')
    assert.ok(said(bench.dynos, 'heroku').includes('State changed from up to crashed'))
  })

  it('replaces a dyno whose process was killed', async () => {
    await using bench = await realDynos()
    bench.dynos.release(release('exec sleep 600'))
    bench.dynos.scale('worker', 1, 'standard-1x')
    await until(() => bench.dynos.list()[0]?.state === 'up', 'it is up')
    const pid = bench.dynos.list()[0]?.pid ?? 0
    process.kill(pid, 'SIGKILL')
    await until(() => ![null, pid].includes(bench.dynos.list()[0]?.pid ?? null), 'another process is up')
    assert.ok(said(bench.dynos, 'heroku').includes('Process exited with status 137'))
  })

  it('counts the memory of all processes of the group (R15)', async () => {
    await using bench = await realDynos()
    bench.dynos.release(release(`node -e 'Buffer.alloc(2**25, 1); setInterval(() => {}, 1000)'; true`))
    bench.dynos.scale('worker', 1, 'tiny')
    await until(() => said(bench.dynos, 'heroku').includes('Error R15 (Memory quota vastly exceeded)'), 'it was killed')
  })

  it('gives a web dyno a port, and calls it up when that is bound', async () => {
    await using bench = await realDynos()
    bench.dynos.release(
      release(`node -e 'setTimeout(() => require("http").createServer().listen(process.env.PORT, "127.0.0.1"), 200)'`),
    )
    bench.dynos.scale('web', 1, 'standard-1x')
    await until(() => bench.dynos.list()[0]?.pid !== null, 'it has a process')
    assert.equal(bench.dynos.list()[0]?.state, 'starting')
    await until(() => bench.dynos.list()[0]?.state === 'up', 'it is up')
  })
})

it('leaves no process and no folder when the platform is killed with -9 (P3)', async () => {
  const platform = spawn(process.execPath, [join(import.meta.dirname, 'abandoned.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first]: unknown[] = await once(platform.stdout, 'data')
  const report: unknown = JSON.parse(String(first))
  assert.ok(isAbandoned(report))
  const { pids, guardian, folder } = report
  assert.equal(pids.length, 4)
  assert.ok(pids.every(isAlive) && isAlive(guardian) && existsSync(folder))
  platform.kill('SIGKILL')
  await until(() => ![...pids, guardian].some(isAlive), 'every process is gone')
  assert.ok(!existsSync(folder))
})

const benches: RealDynos[] = []
describesDynos('real processes', {
  make: async () => {
    const bench = await realDynos()
    benches.push(bench)
    return bench.dynos
  },
  done: async () => {
    for (const bench of benches.splice(0)) await bench[Symbol.asyncDispose]()
  },
  until,
})

function isAbandoned(value: unknown): value is { pids: number[]; guardian: number; folder: string } {
  return typeof value === 'object' && value !== null && 'pids' in value && 'guardian' in value && 'folder' in value
}
