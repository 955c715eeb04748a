import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { openGit } from '../git/open-git.ts'
import { cronSchedule } from '../host/cron-schedule.ts'
import { systemClock } from '../host/system-clock.ts'
import { openHeroku } from '../heroku/open-heroku.ts'
import { openPostgresRecord } from '../record/postgres/open-postgres-record.ts'
import { parseControllerConfig } from './config.ts'
import { runController } from './run-controller.ts'

/** The clock dyno: `bin/weir clock`. One line of JSON a decision on standard output. */
const log = pino({ name: 'controller', redact: ['*.key', '*.databaseUrl'] })
const config = parseControllerConfig(process.env, cronSchedule, process.pid)
if (!config.ok) {
  for (const mistake of config.error) process.stderr.write(`weir clock: ${mistake}\n`)
  process.exit(2)
}

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

const record = await openPostgresRecord(config.value.databaseUrl, (error) =>
  log.warn({ error: error.message }, 'record-unreachable'),
)
const git = openGit()
try {
  log.info({ holder: config.value.holder }, 'started')
  const { heroku } = config.value
  await runController(
    { ...config.value, kafkaService: heroku.kafkaService },
    {
      record,
      open: (manners) => openHeroku(heroku, manners),
      clock: systemClock,
      schedule: cronSchedule,
      chance: Math.random,
      say: (message, fields) => log.info(fields, message),
      gitOps: { git, newUid: randomUUID },
    },
    stop.signal,
  )
} finally {
  await git.close()
  await record.close()
  log.info('stopped')
}
