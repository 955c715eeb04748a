import { until } from '../../support/until.ts'
/** A platform that is going to be killed: prints the processes it started and its folder, and waits. */
import { realDynos } from './real-dynos.ts'

const { dynos, guardian, folder } = await realDynos()
dynos.release({
  id: 'r1',
  version: 1,
  slugDirectory: null,
  // The second process ignores SIGTERM; the third belongs to it.
  processTypes: { worker: `trap '' TERM; sleep 600 & echo child $!; wait` },
  env: {},
})
dynos.scale('worker', 2, 'standard-1x')
const children = (): readonly string[] =>
  dynos.log.lines({ source: 'app' }).map(({ text }) => text.replace('child ', ''))
await until(() => children().length === 2, 'both workers said their child')
const pids = [...dynos.list().map(({ pid }) => pid), ...children().map(Number)]
process.stdout.write(`${JSON.stringify({ pids, guardian: guardian.pid, folder })}\n`)
await new Promise(() => setInterval(() => undefined, 60_000))
