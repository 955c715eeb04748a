import type { KeptObject } from '../record/object-life.ts'
import type { ControlRecord, Write } from '../record/record.ts'
import { judgeReport } from './judge-report.ts'
import type { Process } from './process.ts'
import { nameOf, type World } from './world.ts'

/** The record could not be reached; what was asked of it may have been done. */
export class RecordUnreachable extends Error {
  override readonly name = 'RecordUnreachable'
}

/** The record as one process sees it: each use counted, disturbed where the plan says so, and judged. */
export function recordFor(process: Process, world: World, crash: (process: Process) => void): ControlRecord {
  const { record } = world
  const use = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    process.through(disturbed(name, work, { process, world, crash }))
  return {
    write: (writes) => use('write', () => writeAll(writes, world)),
    get: (key) => use('get', () => record.get(key)),
    list: (kind, namespace) => use('list', () => record.list(kind, namespace)),
    changesSince: (version, limit) => use('changesSince', () => record.changesSince(version, limit)),
    forget: (older) => use('forget', () => record.forget(older)),
    onWrite: (listener, signal) => record.onWrite((version) => notify(() => listener(version), process, world), signal),
    hold: async (lease, holder, forMs) => {
      const hold = await use('hold', async () => {
        const held = await record.hold(lease, holder, forMs)
        if (held.kind === 'held') world.lease = { holder, untilMs: world.nowMs + forMs }
        return held
      })
      return hold
    },
    release: (lease, holder, epoch) =>
      use('release', async () => {
        await record.release(lease, holder, epoch)
        if (world.lease.holder === holder) world.lease = { holder: '', untilMs: 0 }
      }),
    tell: (events) => use('tell', () => record.tell(events)),
    events: (key) => use('events', () => record.events(key)),
    audit: (key, limit) => use('audit', () => record.audit(key, limit)),
    close: () => Promise.resolve(),
  }
}

async function writeAll(writes: readonly Write[], world: World): ReturnType<ControlRecord['write']> {
  const results = await world.record.write(writes)
  for (const [index, write] of writes.entries()) {
    if (results[index]?.kind !== 'written') continue
    world.recordWrites += 1
    noteWritten(write, world)
    judgeReport(write, world)
  }
  return results
}

/** What the record now holds, to be looked at without asking it. */
export function noteWritten(write: Write, world: World): void {
  const name = nameOf(write.key)
  if (write.kind === 'remove') world.kept.delete(name)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only objects in this shape are kept
  else world.kept.set(name, write.body as unknown as KeptObject)
}

interface Scene {
  readonly process: Process
  readonly world: World
  readonly crash: (process: Process) => void
}

const never = new Promise<never>(() => {})

async function disturbed<T>(name: string, work: () => Promise<T>, { process, world, crash }: Scene): Promise<T> {
  const trouble = world.recordTrouble(world.recordUses)
  world.recordUses += 1
  const isDoomed = process.isDoomed && (name === 'write' || name === 'tell')
  if (isDoomed || trouble === 'record-crash-before') {
    crash(process)
    return never
  }
  if (trouble === 'record-lost') throw new RecordUnreachable(name)
  const result = await work()
  if (trouble === 'record-unsure') throw new RecordUnreachable(name)
  if (trouble === 'record-crash-after') crash(process)
  return result
}

function notify(listener: () => void, process: Process, world: World): void {
  const trouble = world.noticeTrouble(world.notices)
  world.notices += 1
  if (process.isDead || trouble === 'notice-lost') return
  if (trouble === 'notice-late') {
    void world.clock.sleep(7_000, world.over.signal).then(() => process.deliver(listener))
    return
  }
  process.deliver(listener)
  if (trouble === 'notice-twice') process.deliver(listener)
}
