import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitCodes } from '../../src/cli/exit-code.ts'
import type { Fault } from '../../src/local/heroku/http/knobs.ts'
import { direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

const faults: readonly Fault[] = [{ kind: 'drop' }, { kind: 'lose-answer' }]

/** 5 reads, the limits, 4 writes to the cluster, 2 looks, 2 writes to the app. */
const calls = 14

describe('weir apply --direct, with a connection that fails at', () => {
  for (let call = 0; call < calls; call += 1) {
    it(`call ${call}: says so, and the next apply finishes`, async (t) => {
      const there = await direct(t)
      for (const fault of faults) {
        await there.run('delete', goodManifest)
        await there.emulator.heroku.knobs.settled()
        let seen = -1
        there.emulator.heroku.knobs.fault = () => ((seen += 1) === call ? fault : null)

        const hurt = await there.run('apply', goodManifest)

        there.emulator.heroku.knobs.fault = () => null
        // A read on a connection that breaks is tried once more, and nobody has to know.
        if (hurt.code !== exitCodes.ok) assert.match(hurt.stderr, /cannot reach/)
        const next = await there.run('apply', goodManifest)
        assert.equal(next.code, exitCodes.ok, next.stderr)
        assert.match((await there.run('plan', goodManifest)).stdout, /Plan: no changes/)
      }
    })
  }
})
