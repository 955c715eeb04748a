import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { weir } from '../../support/cli.ts'
import { herokuCli } from '../../support/heroku-cli.ts'
import { openEmulator } from '../../support/heroku-emulator.ts'
import { goodManifest } from '../../support/manifest.ts'

const bin = fileURLToPath(new URL('../../../bin/weir', import.meta.url))

/** Two topics and a changelog, one of each cleanup policy: a command of the real CLI costs a second or two. */
const manifest = goodManifest.replace(
  'topics:\n',
  'process: { size: standard-1x }\n  scaling: { policy: fixed, min: 2 }\n  streams: { threads: 2 }\n  topics:\n',
)

describe('weir export script, run with the real heroku command', () => {
  it('makes on a basic plan what an apply would make, and is read back without a line left out', async (t) => {
    const { emulator, close } = await openEmulator()
    t.after(close)
    const cli = await herokuCli(emulator.heroku, (progress) => console.log(`# ${progress}`))
    t.after(cli.close)
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-export-'))
    t.after(() => rm(folder, { recursive: true }))
    await emulator.deployed('my-heroku-app')
    await emulator.kafka('my-heroku-app', 'heroku-kafka:basic-0')

    const exported = await weir(['export', 'script', '-f', '-'], { input: manifest })
    assert.equal(exported.code, 0, exported.stderr)
    const ran = await cli.bash(exported.stdout)
    assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`)

    await writeFile(join(folder, 'manifest.yaml'), manifest)
    const planned = await cli.bash(`'${bin}' plan -f '${folder}/manifest.yaml' --direct --detailed-exitcode`)
    assert.deepEqual([planned.code, planned.stdout], [0, 'StreamApp/word-count\nPlan: no changes\n'], planned.stderr)

    const back = await weir(['import', 'script', '-'], { input: exported.stdout })
    assert.equal(back.code, 0)
    assert.doesNotMatch(back.stderr, /not carried over/)
  })
})
