import type { DynoLog, LogFilter, LogLine } from './dyno-manager.ts'

/** Log lines that Heroku keeps of an app (Dev Center, "Logging"). */
const keptLines = 1_500

interface Follower {
  readonly filter: LogFilter
  readonly line: (line: LogLine) => void
}

export function createDynoLog(): DynoLog {
  const kept: LogLine[] = []
  const followers = new Set<Follower>()
  return {
    lines(filter) {
      const matching = kept.filter((line) => matches(line, filter))
      return filter.count === undefined ? matching : matching.slice(Math.max(0, matching.length - filter.count))
    },
    follow(filter, line, signal) {
      if (signal.aborted) return
      const follower = { filter, line }
      followers.add(follower)
      signal.addEventListener('abort', () => followers.delete(follower), { once: true })
    },
    write(line) {
      kept.push(line)
      if (kept.length > keptLines) kept.shift()
      for (const follower of followers) if (matches(line, follower.filter)) follower.line(line)
    },
  }
}

/** `dyno: 'worker'` means all dynos of that process type, as `heroku logs --dyno worker` does. */
function matches(line: LogLine, { source, dyno }: LogFilter): boolean {
  if (source !== undefined && line.source !== source) return false
  return dyno === undefined || line.dyno === dyno || line.dyno.startsWith(`${dyno}.`)
}
