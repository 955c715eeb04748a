import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseControllerConfig } from '../../src/controller/config.ts'
import { cronSchedule } from '../../src/host/cron-schedule.ts'

const least = { HEROKU_API_KEY: 'key', DATABASE_URL: 'postgres://user:secret@db.example/weir' }

describe('parseControllerConfig', () => {
  it('needs a key and a database, and has a default for the rest', () => {
    const config = parseControllerConfig({ ...least, DYNO: 'clock.1' }, cronSchedule, 4711)
    assert.ok(config.ok)
    const { holder, workers, resync, auditDays } = config.value
    assert.deepEqual(
      { holder, workers, resync, auditDays },
      { holder: 'clock.1/4711', workers: 8, resync: '*/10 * * * *', auditDays: 90 },
    )
  })

  it('tells every mistake at once, and what would be right', () => {
    const config = parseControllerConfig(
      { WEIR_WORKERS: 'many', WEIR_RESYNC: 'hourly', WEIR_AUDIT_DAYS: '0' },
      cronSchedule,
      1,
    )
    assert.ok(!config.ok)
    assert.equal(config.error.length, 5)
    assert.match(
      config.error.join('\n'),
      /HEROKU_API_KEY.*\n.*heroku-postgresql.*\n.*whole number.*\n.*five fields.*\n.*number of days/,
    )
  })

  for (const [url, mistake] of [
    ['db.example', /no URL/],
    ['mysql://db.example', /postgres:\/\//],
  ] as const) {
    it(`refuses DATABASE_URL=${url}`, () => {
      const config = parseControllerConfig({ ...least, DATABASE_URL: url }, cronSchedule, 1)
      assert.match(config.ok ? '' : config.error.join(), mistake)
    })
  }
})
