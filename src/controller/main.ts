import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { openGit } from '../git/open-git.ts'
import { cronSchedule } from '../host/cron-schedule.ts'
import { logFormat } from '../host/log-format.ts'
import { serveProbes } from '../host/serve-probes.ts'
import { systemClock } from '../host/system-clock.ts'
import { openHeroku } from '../heroku/open-heroku.ts'
import { openPostgresRecord } from '../record/postgres/open-postgres-record.ts'
import { parseControllerConfig } from './config.ts'
import { Standing, type Stand } from './lead/standing.ts'
import { openMeasures } from './measure/measures.ts'
import { runController } from './run-controller.ts'

/** The clock dyno: `bin/weir clock`. One line of JSON a decision on standard output. */
const log = pino({ name: 'controller', ...logFormat })
const config = parseControllerConfig(process.env, cronSchedule, process.pid)
if (!config.ok) {
  for (const mistake of config.error) process.stderr.write(`weir clock: ${mistake}\n`)
  process.exit(2)
}

const { heroku, probes } = config.value
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

const record = await openPostgresRecord(config.value.databaseUrl, (error) =>
  log.warn({ error: error.message }, 'record-unreachable'),
)
const git = openGit()
const telemetry = await openTelemetry()
const standing = new Standing(systemClock)
const measures = telemetry && openMeasures(telemetry.meter)
measures?.isLeader(() => standing.now === 'leading')
const probed =
  probes &&
  (await serveProbes(
    { metrics: async () => telemetry?.prometheus() ?? '', ready: () => readiness(standing.now) },
    probes,
  ))
try {
  log.info({ holder: config.value.holder, probes: probed?.port }, 'started')
  await runController(
    { ...config.value, kafkaService: heroku.kafkaService },
    {
      record,
      open: (manners, token = heroku.key) => openHeroku({ ...heroku, key: token }, manners),
      clock: systemClock,
      schedule: cronSchedule,
      chance: Math.random,
      say: (message, fields) => log.info(fields, message),
      standing,
      ...(measures && { measures }),
      gitOps: { git, newUid: randomUUID },
    },
    stop.signal,
  )
} finally {
  await probed?.close()
  await git.close()
  await record.close()
  await telemetry?.close()
  log.info('stopped')
}

function readiness(stand: Stand): { readonly isReady: boolean; readonly text: string } {
  if (stand === 'unknown') return { isReady: false, text: 'the record does not answer: nobody knows who leads' }
  return { isReady: true, text: stand }
}

/** Nobody pays for it who reads no metrics: loading it takes some 50 MB (resident, measured with Node 24). */
async function openTelemetry() {
  const isWanted =
    probes !== undefined || Object.keys(process.env).some((name) => /^OTEL_EXPORTER_OTLP_\w*ENDPOINT$/.test(name))
  if (!isWanted) return undefined
  const host = await import('../host/open-telemetry.ts')
  return host.openTelemetry('weirkeeper-controller', process.env)
}
