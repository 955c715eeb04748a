import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parseControllerConfig } from '../../../src/controller/config.ts'
import { cronSchedule } from '../../../src/host/cron-schedule.ts'
import { parseProcfile } from '../../../src/local/build/procfile.ts'
import { parseServerConfig } from '../../../src/server/config.ts'

const read = (name: string): Promise<string> => readFile(new URL(`../../../${name}`, import.meta.url), 'utf8')

// Fields and their meaning: Dev Center, "app.json Schema".
describe('app.json, for the Heroku button', () => {
  it('starts what the Procfile has, web and clock alone', async () => {
    const { formation } = JSON.parse(await read('app.json'))
    const procfile = parseProcfile(await read('Procfile'))
    assert.ok(procfile.ok)
    assert.deepEqual(Object.keys(formation).toSorted(), Object.keys(procfile.value).toSorted())
    assert.deepEqual([formation.web.quantity, formation.clock.quantity, formation.worker.quantity], [1, 1, 0])
  })

  it('asks for all that both dynos need, and for nothing that they would refuse', async () => {
    const { env, addons } = JSON.parse(await read('app.json'))
    // `secret`: Heroku makes 64 hexadecimal digits up. Postgres sets DATABASE_URL.
    assert.equal(env.WEIR_TOKEN.generator, 'secret')
    assert.match(addons[0], /^heroku-postgresql:/)
    const given = Object.fromEntries(Object.keys(env).map((name) => [name, 'f'.repeat(64)]))
    const vars = { ...given, DATABASE_URL: 'postgres://user:word@host:5432/database', PORT: '5000' }
    assert.ok(parseServerConfig(vars).ok)
    assert.ok(parseControllerConfig(vars, cronSchedule, 1).ok)
  })
})
