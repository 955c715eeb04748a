import type { Clock } from '../../src/base/clock.ts'
import { runController } from '../../src/controller/run-controller.ts'
import type { Git } from '../../src/git/git.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import type { ControlRecord, ObjectKey } from '../../src/record/record.ts'
import { FakeHeroku } from '../../src/verify/fake-heroku.ts'
import { HandSchedule } from './hand-schedule.ts'
import { conditionOf, loadKept } from './kept-object.ts'

export interface RunningController {
  readonly record: ControlRecord
  readonly heroku: FakeHeroku
  /** Every decision that it said, as `git-declare a`. */
  readonly decisions: readonly string[]
  /** `True Applied …`, of an object of the namespace `default`. */
  readonly ready: (kind: string, name: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** A whole controller over a record in memory and a fake account that has the apps `app-a`, `app-b` and `app-c`. */
export function startController(clock: Clock, git: Git): RunningController {
  const record = new MemoryRecord(clock)
  const heroku = new FakeHeroku(clock)
  for (const name of ['app-a', 'app-b', 'app-c']) {
    heroku.addApp(name)
    heroku.addCluster(name)
  }
  const stop = new AbortController()
  const decisions: string[] = []
  let uids = 0
  const ended = runController(
    { holder: 'test/1', workers: 2, resync: '*/10 * * * *', auditDays: 90, kafkaService: 'heroku-kafka' },
    {
      record,
      open: () => ({
        platform: heroku.platform,
        kafkaData: heroku.kafkaData,
        remaining: () => undefined,
        close: () => {},
      }),
      clock,
      schedule: new HandSchedule(),
      chance: () => 0.5,
      say: (message, fields) => decisions.push(`${message} ${String(Reflect.get(fields, 'name') ?? '')}`.trim()),
      gitOps: { git, newUid: () => `uid-${(uids += 1)}` },
    },
    stop.signal,
  )
  const keyOf = (kind: string, name: string): ObjectKey => ({ kind, namespace: 'default', name })
  return {
    record,
    heroku,
    decisions,
    ready: async (kind, name) => {
      const { status, reason, message } = conditionOf(await loadKept(record, keyOf(kind, name)), 'Ready')
      return `${status} ${reason} ${message}`
    },
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}
