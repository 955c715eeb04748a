import { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import type { Change, ControlRecord, StoredObject } from '../../record/record.ts'

export interface WatchSurroundings {
  readonly record: Pick<ControlRecord, 'list' | 'changesSince' | 'onWrite'>
  readonly clock: Clock
  /** Everything that is there, at the beginning and whenever changes were missed. */
  readonly onList: (objects: readonly StoredObject[]) => void
  readonly onChange: (change: Change) => void
  readonly onUnreachable: (cause: unknown) => void
}

/** A lost notification is found within this time; a record out of reach is asked again after it. */
const lookAgainMs = 10_000
const changesAtOnce = 500

/**
 * Follows all objects of a kind: lists once, then tells each change in order,
 * and lists again where changes were compacted away. It never ends by itself:
 * an informer that stops in silence is worse than one that fails.
 */
export async function watchObjects(kind: string, around: WatchSurroundings, signal: AbortSignal): Promise<void> {
  const bell = new Bell()
  around.record.onWrite(() => bell.ring(), signal)
  let version: number | undefined
  while (!signal.aborted) {
    const heard = bell.wait(lookAgainMs, around.clock, signal)
    version = await look(kind, version, around)
    await heard
  }
}

/** The version seen up to. What could not be read is looked at again from where we stood. */
async function look(kind: string, since: number | undefined, around: WatchSurroundings): Promise<number | undefined> {
  try {
    return (since === undefined ? undefined : await follow(kind, since, around)) ?? (await list(kind, around))
  } catch (cause) {
    around.onUnreachable(cause)
    return since
  }
}

async function list(kind: string, { record, onList }: WatchSurroundings): Promise<number> {
  const { objects, version } = await record.list(kind)
  onList(objects)
  return version
}

/** The version seen up to, or undefined where one must list again. */
async function follow(
  kind: string,
  since: number,
  { record, onChange }: WatchSurroundings,
): Promise<number | undefined> {
  for (let version = since; ;) {
    const answer = await record.changesSince(version, changesAtOnce)
    if (answer.kind === 'gone') return undefined
    for (const change of answer.changes) if (change.object.key.kind === kind) onChange(change)
    if (answer.changes.length < changesAtOnce) return answer.version
    version = answer.version
  }
}
