import type * as Heroku from '@heroku-cli/schema'
import { fail, ok } from '../base/result.ts'
import type { HttpClient } from './http-client.ts'
import { listPages } from './list-pages.ts'
import { logLines, type LogLine } from './log-stream.ts'
import type { Answer } from './platform.ts'
import { number, record, text } from './shape.ts'

/** What a person looks at: the dynos of an app, and what they print. */
export interface HerokuDynos {
  dynos(app: string, signal: AbortSignal): Answer<readonly SeenDyno[]>
  /** The latest lines and, with `follow`, those to come until the signal fires. Logplex keeps 1,500. */
  log(app: string, wish: LogWish, signal: AbortSignal): Answer<AsyncIterable<LogLine>>
}

export interface SeenDyno {
  /** Another one after each restart. */
  readonly id: string
  /** `worker.1` */
  readonly name: string
  readonly type: string
  /** starting, up, idle, crashed, down. */
  readonly state: string
  readonly size: string
  readonly releaseVersion: number
  /** RFC 3339. */
  readonly createdAt: string
  /** When it came into its state. */
  readonly updatedAt: string
}

export interface LogWish {
  /** `worker.1`; lines of other dynos may come along. Left out: the whole app. */
  readonly dyno?: string
  /** At most this many that were printed before. */
  readonly lines: number
  readonly follow: boolean
}

const accept = 'application/vnd.heroku+json; version=3'

export class DynosClient implements HerokuDynos {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  dynos(app: string, signal: AbortSignal): Answer<readonly SeenDyno[]> {
    const call = { method: 'GET', path: `/apps/${encodeURIComponent(app)}/dynos`, accept } as const
    return listPages(this.#http, call, readDyno, signal)
  }

  /** Dev Center, "Logging": a session names an address that needs no key and sends the lines. */
  async log(app: string, { dyno, lines, follow }: LogWish, signal: AbortSignal): Answer<AsyncIterable<LogLine>> {
    const path = `/apps/${encodeURIComponent(app)}/log-sessions`
    const body = { lines, tail: follow, ...(dyno === undefined ? {} : { dyno_name: dyno }) }
    const url = await this.#http.ask({ method: 'POST', path, accept, body }, ({ body: it }) => readUrl(it), signal)
    if (!url.ok) return url
    const opened = await logLines(url.value, signal)
    if (opened.ok) return ok(opened.value)
    return fail({ kind: 'unreachable', call: 'GET the log', host: new URL(url.value).host, reason: opened.error })
  }
}

/** The field names of Heroku's own type, each still unknown: a misspelt one does not compile. */
type Fields<T> = { readonly [Key in keyof T as string extends Key ? never : Key]?: unknown }

function readDyno(value: unknown, at: string): SeenDyno {
  const dyno: Fields<Heroku.Dyno> = record(value, at)
  return {
    id: text(dyno.id, `${at}.id`),
    name: text(dyno.name, `${at}.name`),
    type: text(dyno.type, `${at}.type`),
    state: text(dyno.state, `${at}.state`),
    size: text(dyno.size, `${at}.size`),
    releaseVersion: number(record(dyno.release, `${at}.release`)['version'], `${at}.release.version`),
    createdAt: text(dyno.created_at, `${at}.created_at`),
    updatedAt: text(dyno.updated_at, `${at}.updated_at`),
  }
}

function readUrl(body: unknown): string {
  const url = text(record(body, 'log session')['logplex_url'], 'log session.logplex_url')
  return URL.canParse(url) ? url : text(undefined, 'log session.logplex_url')
}
