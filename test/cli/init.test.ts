import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { parseProcfile } from '../../src/local/build/procfile.ts'
import { weir } from '../support/cli.ts'

async function stage(t: TestContext) {
  const cwd = await mkdtemp(join(tmpdir(), 'weirkeeper-init-'))
  t.after(() => rm(cwd, { recursive: true }))
  return {
    cwd,
    run: (...words: string[]) => weir(words, { cwd }),
    read: (file: string) => readFile(join(cwd, file), 'utf8'),
  }
}

describe('weir init', () => {
  it('writes a manifest that is right, and with --ts a topology that it is the manifest of', async (t) => {
    const { run, read } = await stage(t)
    const { code, stdout, stderr } = await run('init', 'word-count', '--ts', '--app', 'my-heroku-app')
    assert.deepEqual([code, stdout], [0, 'wrote word-count.yaml\nwrote topology.ts\nwrote Procfile\n'])
    assert.match(stderr, /^Next: weir validate/)
    const validated = await run('validate', '-f', 'word-count.yaml')
    assert.deepEqual([validated.code, validated.stderr], [0, ''])
    const described = (await run('topology', 'describe', 'topology.ts')).stdout.trimEnd()
    assert.ok((await read('word-count.yaml')).includes(described.replaceAll(/^(?=.)/gm, '      ')))
    assert.equal(await read('Procfile'), 'worker: npx weir worker topology.ts\n')
  })

  it('writes a topology that runs', async (t) => {
    const { run, cwd } = await stage(t)
    await run('init', 'word-count', '--ts')
    const { TestDriver } = await import('../../src/testing/index.ts')
    const { topology } = await import(join(cwd, 'topology.ts'))
    const { serdes } = await import('../../src/index.ts')
    using driver = new TestDriver(topology)
    driver.input('lines', { keySerde: serdes.string, valueSerde: serdes.string }).send('', 'One two ONE')
    const counts = driver.output('word-counts', { keySerde: serdes.string, valueSerde: serdes.long }).read()
    assert.deepEqual(
      counts.map(({ key, value }) => `${key} ${value}`),
      ['one 1', 'two 1', 'one 2'],
    )
  })

  it('keeps a Procfile, adds what it lacks, and overwrites nothing', async (t) => {
    const { run, read, cwd } = await stage(t)
    await writeFile(join(cwd, 'Procfile'), 'web: node web.js')
    await run('init', 'counter')
    assert.equal(await read('Procfile'), 'web: node web.js\nworker: java -jar target/stream-app.jar\n')
    assert.equal((await run('validate', '-f', 'counter.yaml')).code, 0)
    const again = await run('init', 'counter')
    assert.deepEqual([again.code, again.stdout], [5, ''])
    assert.match(again.stderr, /counter\.yaml is there already, and stays as it is/)
    assert.equal((await run('init', 'Not_A_Name')).code, 2)
    const procfile = parseProcfile(await read('Procfile'))
    assert.deepEqual(procfile.ok && Object.keys(procfile.value), ['web', 'worker'])
  })
})
