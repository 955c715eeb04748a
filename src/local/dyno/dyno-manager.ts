/**
 * What the Heroku emulator asks of the dynos of one app. Dynos are real
 * processes; see `README.md` in this folder for their life.
 */
export interface DynoManager {
  /** A new release is current: every dyno is replaced, process types come from the slug. */
  release(release: DynoRelease): void
  /** Quantities and sizes by process type; what is not named is left as it is. */
  scale(type: string, quantity: number, size: string): void
  /** One dyno by name, one process type, or all; the successor starts as the signal is sent. `daily`: the log says "Cycling". */
  restart(which: DynoSelection, why?: 'asked' | 'daily'): void
  stop(which: DynoSelection): void
  list(): readonly Dyno[]
  /** A process outside the formation. Its output goes to the log, and to `attached` if given. */
  runOneOff(request: OneOffRequest): Dyno
  /** Called with each change of a dyno, for the `dyno` webhook and for `GET dynos`. */
  onChange(listener: (dyno: Dyno) => void): void
  readonly log: DynoLog
  /** Stops every process and removes every folder. */
  close(): Promise<void>
}

export interface DynoRelease {
  readonly id: string
  readonly version: number
  /** The unpacked slug; null before the first build. It is copied, never run in place. */
  readonly slugDirectory: string | null
  /** Procfile lines by process type. */
  readonly processTypes: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}

export type DynoSelection =
  | { readonly kind: 'all' }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'dyno'; readonly name: string }

export type DynoState = 'starting' | 'up' | 'crashed' | 'down' | 'idle'

export interface Dyno {
  readonly id: string
  /** `worker.1`, `run.4821`. */
  readonly name: string
  readonly type: string
  readonly command: string
  readonly size: string
  readonly state: DynoState
  readonly release: { readonly id: string; readonly version: number }
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly pid: number | null
  readonly exitCode: number | null
}

export interface OneOffRequest {
  readonly command: string
  readonly size: string
  readonly env: Readonly<Record<string, string>>
  readonly timeToLiveSeconds: number | null
  /** What it runs; left out: the current release. A release phase runs one that is not current yet. */
  readonly release?: DynoRelease
}

/** The last 1,500 lines of an app, and those to come. */
export interface DynoLog {
  lines(filter: LogFilter): readonly LogLine[]
  /** Calls back for each new line until the signal fires. */
  follow(filter: LogFilter, line: (line: LogLine) => void, signal: AbortSignal): void
  /** Adds a line of the platform's own: source `heroku`. */
  write(line: LogLine): void
}

export interface LogFilter {
  readonly source?: 'app' | 'heroku'
  readonly dyno?: string
  readonly count?: number
}

export interface LogLine {
  readonly at: Date
  readonly source: 'app' | 'heroku'
  /** `worker.1`, `api`, `router`. */
  readonly dyno: string
  readonly text: string
}
