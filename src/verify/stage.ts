import { runController } from '../controller/run-controller.ts'
import { herokuFor } from './heroku-for.ts'
import { Process } from './process.ts'
import { RecordUnreachable, recordFor } from './record-for.ts'
import type { World } from './world.ts'

/** Starts one controller, as a clock dyno does; after a crash another one is started in its place. */
export function startController(world: World, dyno: string): void {
  const process = new Process(`${dyno}/${world.processes.length + 1}`, world.clock)
  world.processes.push(process)
  void run(process, world, (dying) => {
    dying.kill()
    void restart(world, dyno)
  })
}

async function restart(world: World, dyno: string): Promise<void> {
  await world.clock.sleep(1_000 + Math.floor(world.chance() * 9_000), world.over.signal)
  if (!world.over.signal.aborted) startController(world, dyno)
}

/** A controller ends when it is told to, and never by itself. */
async function run(process: Process, world: World, crash: (dying: Process) => void): Promise<void> {
  try {
    await runController(
      { holder: process.name, workers: 2, resync: '*/10 * * * *', auditDays: 90, kafkaService: 'heroku-kafka' },
      {
        record: recordFor(process, world, crash),
        open: herokuFor(process, world, crash),
        clock: process.clock,
        schedule: process.schedule,
        chance: world.chance,
        say: (message, fields) => hear(message, fields, world),
      },
      process.stop.signal,
    )
    if (!process.stop.signal.aborted) world.violated(`controller ${process.name} ended by itself`)
  } catch (cause) {
    world.violated(`controller ${process.name} ended: ${String(cause)}`)
  }
  process.kill()
}

/** A pass may fail for what the plan did to it, and for no other reason. */
function hear(message: string, fields: object, world: World): void {
  if (message !== 'pass-failed') return
  const error: unknown = Reflect.get(fields, 'error')
  if (error instanceof RecordUnreachable) return
  const name = error instanceof Error ? error.name : ''
  if (name === 'LeaseLost' || name === 'AbortError') return
  world.violated(`a pass failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
}

/** A clean stop of all that still run: they must end. */
export async function stopControllers(world: World): Promise<void> {
  const running = world.processes.filter(({ isDead }) => !isDead)
  for (const { stop } of running) stop.abort()
  const ended = await world.clock.passUntil(() => running.every(({ isDead }) => isDead), 120_000)
  if (!ended) world.violated('a controller that was told to stop did not end')
  world.over.abort()
  for (const process of world.processes) process.kill()
}
