import { isatty } from 'node:tty'
import { writeWhole } from './write-whole.ts'
import type { ThreadLog } from './thread-world.ts'

type Fields = Readonly<Record<string, unknown>>

/** From the least to the most severe; what `LOG_LEVEL` may name. Nothing here is said below `info`, or above `error`. */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * JSON lines on standard output, or readable ones where a person looks on. Written at once: a dyno may end at any time.
 *
 * A worker has a log for each of its threads. Written by hand since it says so little: a package for it took 10 ms and 2 MiB of
 * each thread, most of them for what a worker has no use for.
 */
export function openLog(base: Fields, level: string, write: (line: string) => void = toStandardOutput()): ThreadLog {
  const least = levels.indexOf(level)
  if (least < 0) throw new Error(`LOG_LEVEL is ${level}: set it to one of ${levels.join(', ')}`)
  const at = (name: 'info' | 'warn' | 'error') => (fields: Fields, msg: string) => {
    if (levels.indexOf(name) < least) return
    write(`${JSON.stringify({ level: name, time: new Date().toISOString(), ...base, ...fields, msg })}\n`)
  }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

const standardOutput = 1

function toStandardOutput(): (line: string) => void {
  const write = (line: string) => writeWhole(standardOutput, line)
  return isatty(standardOutput) ? (line) => write(readable(line)) : write
}

/** `12:00:01 warn  worker.1/2 the commit failed reason=…` */
export function readable(line: string): string {
  const { time, level, msg, dyno, thread, ...rest }: Fields = JSON.parse(line)
  const where = thread === undefined ? text(dyno) : `${text(dyno)}/${text(thread)}`
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${text(value)}`)
  return `${text(time).slice(11, 19)} ${text(level).padEnd(5)} ${where} ${[text(msg), ...fields].join(' ')}\n`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
