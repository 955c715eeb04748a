/** A stream thread as the leader sees it. */
export interface ThreadOfGroup {
  readonly memberId: string
  /** The same for all threads of one process, which share a disk. */
  readonly processId: string
  /** Tasks it runs now, by name. */
  readonly owned: readonly string[]
  /** Tasks whose state lies on its process's disk. */
  readonly stored: readonly string[]
}

/**
 * Shares tasks among threads, and so among dynos by their number of threads.
 *
 * Invariants
 *   A1  Every task goes to exactly one thread.
 *   A2  No thread has two tasks more than another.
 *   A3  A thread keeps what it owns, as far as A2 lets it; else a task goes where its state lies.
 *   A4  The order of members and tasks changes nothing.
 */
export function shareTasks(
  members: readonly ThreadOfGroup[],
  tasks: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const threads = members.toSorted((one, other) =>
    compare(`${one.processId} ${one.memberId}`, `${other.processId} ${other.memberId}`),
  )
  const shares = new Map<string, string[]>(threads.map(({ memberId }) => [memberId, []]))
  if (threads.length === 0) return shares
  const sorted = tasks.toSorted(compareTasks)
  const quota = new Quota(sorted.length, threads.length)
  const left = keepOwned(threads, sorted, shares, quota)
  for (const task of left) place(task, threads, shares, quota)
  return shares
}

/** How many tasks a thread may have: all the floor, and as many as are left over one more. */
class Quota {
  readonly #floor: number
  #extra: number

  constructor(tasks: number, threads: number) {
    this.#floor = Math.floor(tasks / threads)
    this.#extra = tasks % threads
  }

  hasRoom(share: readonly string[]): boolean {
    return share.length < this.#floor || (share.length === this.#floor && this.#extra > 0)
  }

  add(share: string[], task: string): void {
    if (share.length === this.#floor) this.#extra -= 1
    share.push(task)
  }
}

/** Who owns most is asked first: the one task more goes where it costs no move. */
function keepOwned(
  threads: readonly ThreadOfGroup[],
  tasks: readonly string[],
  shares: ReadonlyMap<string, string[]>,
  quota: Quota,
): readonly string[] {
  const left = new Set(tasks)
  for (const { memberId, owned } of threads.toSorted((one, other) => other.owned.length - one.owned.length)) {
    const share = shares.get(memberId) ?? []
    for (const task of owned.toSorted(compareTasks)) {
      if (!left.has(task) || !quota.hasRoom(share)) continue
      quota.add(share, task)
      left.delete(task)
    }
  }
  return [...left]
}

function place(
  task: string,
  threads: readonly ThreadOfGroup[],
  shares: ReadonlyMap<string, string[]>,
  quota: Quota,
): void {
  const open = threads.filter(({ memberId }) => quota.hasRoom(shares.get(memberId) ?? []))
  const withState = open.filter(({ stored }) => stored.includes(task))
  const candidates = withState.length > 0 ? withState : open
  const size = ({ memberId }: ThreadOfGroup): number => shares.get(memberId)?.length ?? 0
  const least = Math.min(...candidates.map(size))
  const chosen = candidates.find((thread) => size(thread) === least)
  const share = chosen === undefined ? undefined : shares.get(chosen.memberId)
  if (share === undefined) throw new RangeError(`no thread has room for task ${task}`)
  quota.add(share, task)
}

/** `0_2` before `0_10` before `1_0`. */
function compareTasks(one: string, other: string): number {
  const [ones = [], others = []] = [one, other].map((name) => name.split('_').map(Number))
  return (ones[0] ?? 0) - (others[0] ?? 0) || (ones[1] ?? 0) - (others[1] ?? 0)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
