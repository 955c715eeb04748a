import { fail, ok, type Result } from '../base/result.ts'

/** One line of an app's log. */
export interface LogLine {
  /** RFC 3339, as Logplex writes it; empty where a line has no head. */
  readonly at: string
  /** `app`: printed by the dyno. `heroku`: the platform about it. */
  readonly source: string
  /** `worker.1`, `router`. */
  readonly dyno: string
  readonly text: string
}

/**
 * Reads a log session's address, which carries its own secret: no key goes
 * there. The lines are server-sent events; old sessions send plain lines.
 */
export async function logLines(url: string, signal: AbortSignal): Promise<Result<AsyncIterable<LogLine>, string>> {
  try {
    const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal })
    if (!response.ok || response.body === null) return fail(`it answered ${response.status}`)
    const isEvents = (response.headers.get('content-type') ?? '').includes('text/event-stream')
    return ok(linesOf(response.body, isEvents, signal))
  } catch (cause) {
    signal.throwIfAborted()
    return fail(reasonOf(cause))
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return inner instanceof Error ? inner.message : String(inner)
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
  isEvents: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  try {
    for await (const line of textLines(body)) {
      if (!isEvents) yield parseLogLine(line)
      else if (line.startsWith('data:')) yield parseLogLine(line.slice('data:'.length).trimStart())
    }
  } catch (cause) {
    // The reader has gone: that is the usual end of a tail.
    if (!signal.aborted) throw cause
  }
}

async function* textLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of body) {
    const lines = `${rest}${decoder.decode(part, { stream: true })}`.split(/\r?\n/)
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
  if (rest !== '') yield rest
}

/** `2026-01-01T00:00:00.000000+00:00 app[worker.1]: text` */
function parseLogLine(line: string): LogLine {
  const [, at = '', source = '', dyno = '', text] = /^(\S+) (\w+)\[([^\]]+)\]: ?(.*)$/s.exec(line) ?? []
  return text === undefined ? { at: '', source: 'app', dyno: '', text: line } : { at, source, dyno, text }
}
