import type {
  Dyno,
  DynoLog,
  DynoManager,
  DynoRelease,
  DynoSelection,
  LogFilter,
  LogLine,
  OneOffRequest,
} from '../../src/local/dyno/dyno-manager.ts'

/** Dynos that start and stop at once, and run nothing. */
export class FakeDynos implements DynoManager {
  readonly log = new FakeLog()
  readonly releases: DynoRelease[] = []
  isClosed = false
  readonly #wanted = new Map<string, { quantity: number; size: string }>()
  readonly #listeners: ((dyno: Dyno) => void)[] = []
  #dynos: readonly Dyno[] = []
  #count = 0

  release(release: DynoRelease): void {
    this.releases.push(release)
    this.#dynos = this.#dynos.filter(({ type }) => type === 'run' || release.processTypes[type] !== undefined)
    this.restart({ kind: 'all' })
  }

  scale(type: string, quantity: number, size: string): void {
    this.#wanted.set(type, { quantity, size })
    const kept = this.#dynos.filter((dyno) => dyno.type !== type || numberOf(dyno) <= quantity)
    const missing = quantity - kept.filter((dyno) => dyno.type === type).length
    const first = quantity - missing + 1
    const started = Array.from({ length: Math.max(0, missing) }, (_, index) =>
      this.#start(`${type}.${first + index}`, size),
    )
    this.#dynos = [...kept, ...started].map((dyno) => (dyno.type === type ? { ...dyno, size } : dyno))
  }

  restart(which: DynoSelection): void {
    this.#dynos = this.#dynos.map((dyno) => (isChosen(which, dyno) ? this.#start(dyno.name, dyno.size) : dyno))
  }

  stop(which: DynoSelection): void {
    this.#dynos = this.#dynos.map((dyno) => (isChosen(which, dyno) ? { ...dyno, state: 'down' } : dyno))
  }

  list(): readonly Dyno[] {
    return this.#dynos
  }

  runOneOff({ command, size }: OneOffRequest): Dyno {
    const dyno = { ...this.#start(`run.${1000 + this.#count}`, size), command }
    this.#dynos = [...this.#dynos, dyno]
    return dyno
  }

  /** Ends a one-off dyno as its process would. */
  endOneOff(name: string, exitCode: number): void {
    const dyno = this.#dynos.find((one) => one.name === name)
    if (dyno === undefined) throw new Error(`no dyno ${name}`)
    this.#dynos = this.#dynos.filter((one) => one !== dyno)
    for (const listener of this.#listeners) listener({ ...dyno, state: 'down', exitCode })
  }

  onChange(listener: (dyno: Dyno) => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  #start(name: string, size: string): Dyno {
    this.#count += 1
    const [type = ''] = name.split('.')
    const release = this.releases.at(-1)
    const at = new Date(1_700_000_000_000)
    const dyno: Dyno = {
      id: `00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`,
      name,
      type,
      command: release?.processTypes[type] ?? '',
      size,
      state: 'up',
      release: { id: release?.id ?? '', version: release?.version ?? 0 },
      createdAt: at,
      updatedAt: at,
      pid: null,
      exitCode: null,
    }
    for (const listener of this.#listeners) listener(dyno)
    return dyno
  }
}

const numberOf = ({ name }: Dyno): number => Number(name.split('.')[1])

function isChosen(which: DynoSelection, dyno: Dyno): boolean {
  if (which.kind === 'all') return dyno.type !== 'run'
  return which.kind === 'type' ? dyno.type === which.type : dyno.name === which.name
}

class FakeLog implements DynoLog {
  readonly #lines: LogLine[] = []
  readonly #followers = new Set<(line: LogLine) => void>()

  lines({ source, dyno, count }: LogFilter): readonly LogLine[] {
    const matching = this.#lines.filter((line) => source === undefined || line.source === source)
    const ofDyno = matching.filter(
      (line) => dyno === undefined || line.dyno === dyno || line.dyno.startsWith(`${dyno}.`),
    )
    return ofDyno.slice(-(count ?? 100))
  }

  follow(_filter: LogFilter, line: (line: LogLine) => void, signal: AbortSignal): void {
    this.#followers.add(line)
    signal.addEventListener('abort', () => this.#followers.delete(line), { once: true })
  }

  write(line: LogLine): void {
    this.#lines.push(line)
    for (const follower of this.#followers) follower(line)
  }
}
