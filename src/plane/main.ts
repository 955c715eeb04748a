import { randomBytes, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { pino } from 'pino'
import { Secret } from '../base/secret.ts'
import { runController } from '../controller/run-controller.ts'
import { openGit } from '../git/open-git.ts'
import { openHeroku } from '../heroku/open-heroku.ts'
import { readHerokuSettings } from '../heroku/settings.ts'
import { cronSchedule } from '../host/cron-schedule.ts'
import { logFormat } from '../host/log-format.ts'
import { systemClock } from '../host/system-clock.ts'
import { MemoryRecord } from '../record/memory-record.ts'
import { adminUser } from '../server/access/authenticate.ts'
import { openDynos } from '../server/pods/open-dynos.ts'
import { startServer } from '../server/start-server.ts'
import { ownTls } from '../server/tls.ts'

/**
 * The whole control plane in one process, for one machine: `bin/weir plane
 * FILE`. Its record is in memory, its authority and its token are made anew, and
 * its kubeconfig is written to FILE. `weir dev` starts it.
 */
const [file] = process.argv.slice(2)
const heroku = readHerokuSettings(process.env)
if (!heroku.ok || file === undefined) {
  const mistakes = [
    ...(heroku.ok ? [] : heroku.error),
    ...(file === undefined ? ['name the file for the kubeconfig'] : []),
  ]
  for (const mistake of mistakes) process.stderr.write(`weir plane: ${mistake}\n`)
  process.exit(2)
}

const log = pino({ name: 'plane', ...logFormat }, pino.destination(2))
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

const settings = heroku.value
const record = new MemoryRecord(systemClock)
const tokens = [{ token: new Secret(randomBytes(32).toString('base64url')), user: adminUser }]
const say = (message: string, fields: object): void => log.info(fields, message)
const { dynos, sights, close: closeDynos } = openDynos(settings, systemClock)
const server = await startServer({
  dynos,
  sights,
  record,
  tls: await ownTls(Date.now()),
  tokens,
  clock: systemClock,
  port: 0,
  say,
})
await writeFile(file, server.kubeconfig ?? '', { mode: 0o600 })
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
const git = openGit()
try {
  const terms = {
    holder: `plane/${process.pid}`,
    workers: 4,
    resync: '* * * * *',
    auditDays: 1,
    kafkaService: settings.kafkaService,
  }
  const open: Parameters<typeof runController>[1]['open'] = (manners, token = settings.key) =>
    openHeroku({ ...settings, key: token }, manners)
  const around = {
    record,
    open,
    clock: systemClock,
    schedule: cronSchedule,
    chance: Math.random,
    say,
    gitOps: { git, newUid: randomUUID },
  }
  await runController(terms, around, stop.signal)
} finally {
  await git.close()
  await server.close()
  closeDynos()
}
