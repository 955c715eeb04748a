import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dyno, DynoManager, DynoRelease } from '../../../src/local/dyno/dyno-manager.ts'
import { createDynos } from '../../../src/local/dyno/dynos.ts'
import { FakeLauncher } from './fake-launcher.ts'
import { settled, TurnedClock } from './turned-clock.ts'

const minute = 60_000
const megabyte = 2 ** 20

interface Bench {
  readonly dynos: DynoManager
  readonly launcher: FakeLauncher
  readonly clock: TurnedClock
  readonly changes: string[]
  portOpen: boolean
}

function bench(): Bench {
  const [launcher, clock, changes] = [new FakeLauncher(), new TurnedClock(), [] as string[]]
  let count = 0
  const dynos = createDynos({
    launcher,
    clock,
    chance: () => (count += 0.137) % 1,
    pace: {
      graceMs: 30_000,
      bootMs: 60_000,
      coolOff: { firstMs: 20 * minute, ceilingMs: 320 * minute },
      forgivenAfterMs: 24 * 60 * minute,
      memoryEveryMs: 20_000,
    },
    memoryQuotaBytes: (size) => (size === 'Standard-1X' ? 512 * megabyte : null),
    freePort: () => Promise.resolve(5_555),
    portIsOpen: () => Promise.resolve(made.portOpen),
  })
  dynos.onChange(({ name, state }: Dyno) => changes.push(`${name} ${state}`))
  const made: Bench = { dynos, launcher, clock, changes, portOpen: true }
  return made
}

const release = (version: number, own: Partial<DynoRelease> = {}): DynoRelease => ({
  id: `release-${version}`,
  version,
  slugDirectory: '/slug',
  processTypes: { worker: 'weir worker topology.ts', web: 'node web.js' },
  env: { COLOR: 'blue' },
  ...own,
})

async function running(workers: number): Promise<Bench> {
  const made = bench()
  made.dynos.release(release(1))
  made.dynos.scale('worker', workers, 'Standard-1X')
  await settled()
  return made
}

const names = (dynos: DynoManager): string =>
  dynos
    .list()
    .map(({ name, state }) => `${name} ${state}`)
    .join(', ')
const said = (dynos: DynoManager, dyno: string): readonly string[] => dynos.log.lines({ dyno }).map(({ text }) => text)

describe('a formation', () => {
  it('starts as many dynos as are asked for, each with its name and the config vars', async () => {
    const { dynos, launcher } = await running(2)
    assert.equal(names(dynos), 'worker.1 up, worker.2 up')
    assert.deepEqual(launcher.at(1).request.env, { COLOR: 'blue', DYNO: 'worker.2' })
    assert.equal(launcher.at(1).request.slugDirectory, '/slug')
    await dynos.close()
  })

  it('waits for a release that has the process type', async () => {
    const { dynos } = bench()
    dynos.scale('worker', 1, 'Standard-1X')
    assert.equal(names(dynos), '')
    dynos.release(release(1))
    await settled()
    assert.equal(names(dynos), 'worker.1 up')
    await dynos.close()
  })

  it('stops the highest numbers first when it is scaled down', async () => {
    const { dynos, launcher } = await running(3)
    dynos.scale('worker', 1, 'Standard-1X')
    await settled()
    assert.equal(names(dynos), 'worker.1 up')
    assert.deepEqual(
      launcher.started.map(({ signals }) => signals.length),
      [0, 1, 1],
    )
    await dynos.close()
  })

  it('keeps what runs when it is scaled up, and replaces it when the size changes', async () => {
    const { dynos, launcher } = await running(1)
    dynos.scale('worker', 2, 'Standard-1X')
    await settled()
    assert.equal(launcher.started.length, 2)
    dynos.scale('worker', 2, 'Standard-2X')
    await settled()
    assert.equal(launcher.started.length, 4)
    assert.deepEqual(
      dynos.list().map(({ size }) => size),
      ['Standard-2X', 'Standard-2X'],
    )
    await dynos.close()
  })

  it('ends the dynos of a process type that the next release does not have', async () => {
    const { dynos, launcher } = await running(2)
    dynos.release(release(2, { processTypes: { web: 'node web.js' } }))
    await settled()
    assert.equal(names(dynos), '')
    assert.equal(launcher.running.length, 0)
    await dynos.close()
  })
})

describe('a restart', () => {
  it('starts the successor as the signal is sent, so the two overlap (M1)', async () => {
    const made = bench()
    made.launcher.deafToSigterm = true
    made.dynos.release(release(1))
    made.dynos.scale('worker', 1, 'Standard-1X')
    await settled()
    const before = made.dynos.list()[0]
    made.dynos.restart({ kind: 'dyno', name: 'worker.1' })
    await settled()
    assert.equal(made.launcher.running.length, 2)
    assert.deepEqual(made.launcher.at(0).signals, ['SIGTERM'])
    assert.notEqual(made.dynos.list()[0]?.id, before?.id)
    await made.clock.turn(29_999)
    assert.equal(made.launcher.running.length, 2)
    await made.clock.turn(1)
    assert.deepEqual(made.launcher.at(0).signals, ['SIGTERM', 'SIGKILL'])
    assert.equal(made.launcher.running.length, 1)
    assert.equal(names(made.dynos), 'worker.1 up')
    const closed = made.dynos.close()
    await made.clock.turn(30_000)
    await closed
  })

  it('replaces every dyno when a release comes, with its config vars and version', async () => {
    const { dynos, launcher } = await running(2)
    dynos.release(release(2, { env: { COLOR: 'red' } }))
    await settled()
    assert.equal(launcher.running.length, 2)
    assert.deepEqual(
      launcher.running.map(({ request }) => request.env['COLOR']),
      ['red', 'red'],
    )
    assert.deepEqual(
      dynos.list().map((dyno) => dyno.release.version),
      [2, 2],
    )
    await dynos.close()
  })

  it('says in the log what Heroku says', async () => {
    const { dynos } = await running(1)
    dynos.restart({ kind: 'all' }, 'daily')
    await settled()
    const lines = said(dynos, 'worker.1')
    for (const expected of [
      'Starting process with command `weir worker topology.ts`',
      'State changed from starting to up',
      'Cycling',
      'State changed from up to starting',
      'Stopping all processes with SIGTERM',
      'Process exited with status 143',
    ]) {
      assert.ok(lines.includes(expected), `${expected} is not in\n${lines.join('\n')}`)
    }
    await dynos.close()
  })

  it('brings back a dyno that was stopped, which until then is listed as down', async () => {
    const { dynos } = await running(2)
    dynos.stop({ kind: 'dyno', name: 'worker.2' })
    await settled()
    assert.equal(names(dynos), 'worker.1 up, worker.2 down')
    dynos.restart({ kind: 'type', type: 'worker' })
    await settled()
    assert.equal(names(dynos), 'worker.1 up, worker.2 up')
    await dynos.close()
  })
})

describe('a crash', () => {
  it('is followed by a start at once, and further ones by a growing cool-off (D2)', async () => {
    const { dynos, launcher, clock } = await running(1)
    launcher.at(-1).exit(1)
    await clock.turn(0)
    assert.equal(launcher.started.length, 2)
    const pausesMs: number[] = []
    for (let crash = 0; crash < 4; crash += 1) {
      launcher.at(-1).exit(1)
      const started: number = launcher.started.length
      const sinceMs = clock.now()
      await settled()
      assert.equal(names(dynos), 'worker.1 crashed')
      while (launcher.started.length === started) await clock.turn(minute)
      pausesMs.push(clock.now() - sinceMs)
    }
    assert.ok(
      pausesMs.every((pause, index) => pause >= 10 * minute * 2 ** index && pause <= 21 * minute * 2 ** index),
      pausesMs.join(', '),
    )
    await dynos.close()
  })

  it('is forgotten by a new release', async () => {
    const { dynos, launcher, clock } = await running(1)
    for (let crash = 0; crash < 2; crash += 1) {
      launcher.at(-1).exit(1)
      await clock.turn(0)
    }
    assert.equal(names(dynos), 'worker.1 crashed')
    dynos.release(release(2))
    await settled()
    assert.equal(names(dynos), 'worker.1 up')
    launcher.at(-1).exit(1)
    await clock.turn(0)
    assert.equal(names(dynos), 'worker.1 up')
    await dynos.close()
  })

  it('tells those who listen of each state', async () => {
    const { dynos, launcher, clock, changes } = await running(1)
    launcher.at(-1).exit(1)
    await clock.turn(0)
    await dynos.close()
    const states = ['starting', 'up', 'crashed', 'starting', 'up', 'down']
    assert.deepEqual(
      changes,
      states.map((state) => `worker.1 ${state}`),
    )
  })

  it('says why when the process could not be started at all', async () => {
    const { dynos, launcher, clock } = await running(0)
    launcher.refuses = 'no space left on device'
    dynos.scale('worker', 1, 'Standard-1X')
    await clock.turn(0)
    assert.ok(said(dynos, 'worker.1').includes('The dyno could not be started: no space left on device'))
    assert.equal(names(dynos), 'worker.1 crashed')
    await dynos.close()
  })
})

describe('a web dyno', () => {
  it('is up when its port is bound', async () => {
    const made = bench()
    made.portOpen = false
    made.dynos.release(release(1))
    made.dynos.scale('web', 1, 'Standard-1X')
    await made.clock.turn(1_000)
    assert.equal(made.launcher.at(0).request.env['PORT'], '5555')
    assert.equal(names(made.dynos), 'web.1 starting')
    made.portOpen = true
    await made.clock.turn(1_000)
    assert.equal(names(made.dynos), 'web.1 up')
    await made.dynos.close()
  })

  it('is killed with R10 after 60 seconds without one', async () => {
    const made = bench()
    made.portOpen = false
    made.dynos.release(release(1))
    made.dynos.scale('web', 1, 'Standard-1X')
    await made.clock.turn(60_000)
    assert.deepEqual(made.launcher.at(0).signals, ['SIGKILL'])
    const r10 = 'Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch'
    assert.ok(said(made.dynos, 'web.1').includes(r10))
    await made.dynos.close()
  })
})

describe('a memory quota', () => {
  it('is complained of when it is passed (R14), and the dyno goes on', async () => {
    const { dynos, launcher, clock } = await running(1)
    launcher.at(0).memory = 600 * megabyte
    await clock.turn(20_000)
    const lines = said(dynos, 'worker.1')
    assert.ok(lines.includes('Process running mem=600M(117.2%)'))
    assert.ok(lines.includes('Error R14 (Memory quota exceeded)'))
    assert.equal(names(dynos), 'worker.1 up')
    await dynos.close()
  })

  it('kills a dyno that is over twice of it (R15)', async () => {
    const { dynos, launcher, clock } = await running(1)
    launcher.at(0).memory = 1_100 * megabyte
    await clock.turn(20_000)
    assert.deepEqual(launcher.at(0).signals, ['SIGKILL'])
    assert.ok(said(dynos, 'worker.1').includes('Error R15 (Memory quota vastly exceeded)'))
    await dynos.close()
  })
})

describe('a one-off dyno', () => {
  const order = { command: 'node task.js', size: 'Standard-1X', env: { COLOR: 'green' }, timeToLiveSeconds: null }

  it('runs once beside the formation, and its exit status is in the log', async () => {
    const { dynos, launcher } = await running(1)
    const { name } = dynos.runOneOff(order)
    assert.match(name, /^run\.\d{4}$/)
    await settled()
    assert.equal(dynos.list().length, 2)
    assert.equal(launcher.at(1).request.env['COLOR'], 'green')
    launcher.at(1).exit(3)
    await settled()
    assert.equal(names(dynos), 'worker.1 up')
    assert.deepEqual(said(dynos, name).slice(-2), ['Process exited with status 3', 'State changed from up to complete'])
    await dynos.close()
  })

  it('is told to stop when its time is over', async () => {
    const { dynos, launcher, clock } = await running(0)
    dynos.runOneOff({ ...order, timeToLiveSeconds: 60 })
    await clock.turn(60_000)
    assert.deepEqual(launcher.at(0).signals, ['SIGTERM'])
    assert.equal(names(dynos), '')
    await dynos.close()
  })

  it('stands for a process type by its name, and outlives a release', async () => {
    const { dynos, launcher } = await running(0)
    dynos.runOneOff({ ...order, command: 'worker' })
    await settled()
    assert.equal(launcher.at(0).request.command, 'weir worker topology.ts')
    dynos.release(release(2))
    await settled()
    assert.equal(launcher.running.length, 1)
    await dynos.close()
  })
})

it('leaves nothing when it is closed, and starts nothing after (M3)', async () => {
  const { dynos, launcher } = await running(3)
  dynos.restart({ kind: 'all' })
  await dynos.close()
  assert.equal(launcher.running.length, 0)
  dynos.scale('worker', 5, 'Standard-1X')
  dynos.release(release(9))
  await settled()
  assert.equal(launcher.running.length, 0)
})
