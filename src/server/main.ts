import { pino } from 'pino'
import { logFormat } from '../host/log-format.ts'
import { systemClock } from '../host/system-clock.ts'
import { openPostgresRecord } from '../record/postgres/open-postgres-record.ts'
import { adminUser } from './access/authenticate.ts'
import { parseServerConfig } from './config.ts'
import { openDynos } from './pods/open-dynos.ts'
import { startServer } from './start-server.ts'

/** The web dyno: `bin/weir web`. Heroku's router ends TLS before it. */
const log = pino({ name: 'server', ...logFormat })
const config = parseServerConfig(process.env)
if (!config.ok) {
  for (const mistake of config.error) process.stderr.write(`weir web: ${mistake}\n`)
  process.exit(2)
}

const { databaseUrl, port, token, hookSecret, heroku, userLimits } = config.value
const stopped = Promise.withResolvers<void>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve())

const record = await openPostgresRecord(databaseUrl, (error) =>
  log.warn({ error: error.message }, 'record-unreachable'),
)
const dynos = heroku === undefined ? undefined : openDynos(heroku, systemClock)
const server = await startServer({
  record,
  tls: undefined,
  tokens: [{ token, user: adminUser }],
  clock: systemClock,
  dynos: dynos?.dynos,
  sights: dynos?.sights,
  userLimits,
  port,
  // A dyno is reached from outside by the router; anywhere else, only this machine may ask.
  host: process.env['DYNO'] === undefined ? '127.0.0.1' : '0.0.0.0',
  ...(hookSecret === undefined ? {} : { hookSecret }),
  say: (message, fields) => log.info(fields, message),
})
log.info({ url: server.url }, 'started')
await stopped.promise
await server.close()
dynos?.close()
await record.close()
log.info('stopped')
