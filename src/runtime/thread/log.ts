import { isatty } from 'node:tty'
import { pino, type Logger } from 'pino'

/** JSON lines on standard output, or readable ones where a person looks on. Written at once: a dyno may end at any time. */
export function openLog(fields: Readonly<Record<string, unknown>>, level: string): Logger {
  const destination = pino.destination({ fd: 1, sync: true })
  const options = { level, base: fields, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } }
  return isatty(1) ? pino(options, { write: (line) => destination.write(readable(line)) }) : pino(options, destination)
}

const named = (label: string) => ({ level: label })

/** `12:00:01 warn  worker.1/2 the commit failed reason=…` */
function readable(line: string): string {
  const { time, level, msg, dyno, thread, ...rest }: Readonly<Record<string, unknown>> = JSON.parse(line)
  const where = thread === undefined ? text(dyno) : `${text(dyno)}/${text(thread)}`
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${text(value)}`)
  return `${text(time).slice(11, 19)} ${text(level).padEnd(5)} ${where} ${[text(msg), ...fields].join(' ')}\n`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
