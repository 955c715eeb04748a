import { readFileSync, readdirSync } from 'node:fs'

/** What a process and everything under it have used so far. */
export interface Usage {
  /** User and system mode, of ended children too where they were waited for. */
  readonly cpuMs: number
  /** The most memory each was ever seen to hold (VmHWM), added up. */
  readonly peakBytes: number
  /** Held at this moment and not a page of some file (RssAnon), added up: what the kernel cannot take back. */
  readonly anonymousBytes: number
}

/** `CONFIG_HZ` as programs see it: Linux has shown 100 ticks a second for twenty years. */
const msPerTick = 10

/** Reads /proc; a process that has just ended counts nothing. */
export function usageOf(pid: number): Usage {
  const all = [pid, ...descendants(pid)].map(usageOfOne)
  return {
    cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakBytes: all.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    anonymousBytes: all.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0),
  }
}

function usageOfOne(pid: number): Usage {
  // The name in parentheses may hold anything; what follows the last one is numbers.
  const fields = (read(pid, 'stat').split(')').at(-1) ?? '').trim().split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const status = read(pid, 'status')
  return { cpuMs: ticks * msPerTick, peakBytes: bytesOf('VmHWM', status), anonymousBytes: bytesOf('RssAnon', status) }
}

function bytesOf(name: string, status: string): number {
  const kilobytes = new RegExp(`${name}:\\s+(?<size>\\d+) kB`).exec(status)?.groups?.['size']
  return Number(kilobytes ?? 0) * 1024
}

function descendants(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(pid, `task/${thread}/children`)
      .split(' ')
      .filter((text) => text !== '')
      .map(Number)
      .flatMap((child) => [child, ...descendants(child)]),
  )
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8')
  } catch {
    return ''
  }
}
