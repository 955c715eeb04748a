import { mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../../src/host/system-clock.ts'
import type { DynoManager } from '../../../src/local/dyno/dyno-manager.ts'
import { createDynos, type DynosOptions } from '../../../src/local/dyno/dynos.ts'
import { startGuardian, type Guardian } from '../../../src/local/dyno/guardian.ts'
import { createProcessLauncher } from '../../../src/local/dyno/process-launcher.ts'
import { portIsOpen } from '../../../src/local/dyno/web-port.ts'
import { freePort } from '../../../src/local/free-ports.ts'

export interface RealDynos extends AsyncDisposable {
  readonly dynos: DynoManager
  readonly guardian: Guardian
  /** Holds the disks of running dynos and nothing else. */
  readonly folder: string
}

/** Dynos as real processes, in a hurry: grace and cool-off are short. */
export async function realDynos(own: Partial<DynosOptions['pace']> = {}): Promise<RealDynos> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'weir-dynos-test-')))
  const guardian = startGuardian()
  guardian.remove(folder)
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin']
  const dynos = createDynos({
    launcher: createProcessLauncher({ guardian, clock: systemClock, folder, path }),
    clock: systemClock,
    chance: Math.random,
    pace: {
      graceMs: 1_000,
      bootMs: 5_000,
      coolOff: { firstMs: 50, ceilingMs: 200 },
      forgivenAfterMs: 60_000,
      memoryEveryMs: 100,
      ...own,
    },
    memoryQuotaBytes: (size) => (size === 'tiny' ? 8 * 2 ** 20 : null),
    freePort,
    portIsOpen,
  })
  const close = async (): Promise<void> => {
    await dynos.close()
    await guardian.close()
  }
  return { dynos, guardian, folder, [Symbol.asyncDispose]: close }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
