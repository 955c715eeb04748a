import type { World } from '../world.ts'
import type { Accept } from './accept.ts'
import type { RangeProperties } from './range.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Call {
  readonly world: World
  readonly params: Readonly<Record<string, string>>
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
  readonly accept: Accept
  /** A header of the answer. */
  readonly header: (name: string, value: string) => void
}

/** One endpoint as data: the server adds authorisation, tokens, ETag and paging. */
export interface Route {
  readonly method: Method
  readonly path: string
  /** 200 unless said. */
  readonly status?: number
  /** Lists are paged by these properties; without it an array is answered whole. */
  readonly range?: RangeProperties
  readonly isFree?: boolean
  readonly answer: (call: Call) => unknown
}
