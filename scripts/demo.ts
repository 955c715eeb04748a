import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { Screen, seconds } from './demo/screen.ts'

/** `npm run demo`: from nothing to counted words on a real broker, proved. `-- --stay` leaves it running. */
const root = dirname(import.meta.dirname)
const stay = process.argv.slice(2).includes('--stay')
const unknown = process.argv.slice(2).filter((word) => word !== '--stay')
const screen = new Screen(
  (text) => void process.stdout.write(text),
  process.stdout.isTTY,
  () => performance.now(),
)

if (unknown.length > 0) {
  console.error(`demo: there is no ${unknown.join(' ')}. npm run demo -- --stay is all there is to say.`)
  process.exit(2)
}
screen.line('weirkeeper · demo in local mode, never Heroku\n')
screen.moving('starting a Kafka broker and a Heroku emulator …')

const deadlineMs = 240_000
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort(new Error('stopped by you'))
  })
}

process.exitCode = await main(stop.signal)

async function main(stopped: AbortSignal): Promise<number> {
  const giveUp = new AbortController()
  const signal = AbortSignal.any([stopped, giveUp.signal])
  const { startDemoPlatform } = await import('./demo/demo-platform.ts')
  const started = await startDemoPlatform({ root, home: homedir(), env: process.env, screen, signal })
  if (started === null) return stopped.aborted ? 130 : 1
  // Each wait in the demo has a deadline of its own; this one is for what nobody thought of.
  const late = (): Error =>
    new Error(`it took more than ${seconds(deadlineMs)}; the last thing said was: ${screen.last.trim()}`)
  const alarm = setTimeout(() => giveUp.abort(late()), deadlineMs)
  try {
    const { runDemo } = await import('./demo/run-demo.ts')
    await Promise.race([runDemo(started.demo), aborted(signal)])
    clearTimeout(alarm)
    screen.line(`\ndemo: OK   ${screen.elapsed}`)
    if (stay) await started.stay()
    return 0
  } catch (error) {
    if (stopped.aborted) return 130
    await started.explain(error)
    return 1
  } finally {
    clearTimeout(alarm)
    const closingMs = performance.now()
    await started.close()
    screen.line(`everything is stopped and removed   ${seconds(performance.now() - closingMs)}`)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
