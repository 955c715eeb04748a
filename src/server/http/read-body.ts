import type { IncomingMessage } from 'node:http'
import { ApiFailure, failure } from '../api-status.ts'
import type { Json } from '../../record/record.ts'
import { deepest } from '../admit/bounds.ts'
import { repeatedFields } from './repeated-fields.ts'

const mostBytes = 3 * 1024 * 1024

/** The whole body. Kubernetes' own server takes 3 MB as well. By its events, which cost less than an iterator. */
export function readBytes(request: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const parts: Buffer[] = []
  let bytes = 0
  const take = (part: Buffer): void => {
    parts.push(part)
    bytes += part.length
    if (bytes <= mostBytes) return
    request.off('data', take)
    const words = `Request entity too large: limit is ${mostBytes} bytes`
    reject(new ApiFailure(failure('RequestEntityTooLarge', words)))
  }
  request.on('data', take)
  request.once('end', () => resolve(Buffer.concat(parts)))
  request.once('error', reject)
  request.once('close', () => {
    // An error takes its stack along, which costs more than reading did: it is made only where it is needed.
    if (!request.readableEnded) reject(new Error('the request broke off'))
  })
  return promise
}

/** What a request carries. */
export interface Body {
  readonly value: Json
  /** Fields that stand there more than once, of which the last counts: `spec.drift`. */
  readonly repeated: readonly string[]
}

/** An empty body is an empty object. What is wrong with it is said without showing it: it may hold secrets. */
export function parseBody(bytes: Buffer): Body {
  const text = textOf(bytes)
  if (text.trim() === '') return { value: {}, repeated: [] }
  const fields = fieldsIn(bytes)
  const value = parsed(text)
  if (mayBeInfinite.test(text) && !isFiniteThroughout(value))
    throw badBody('it holds a number that is larger than any here')
  return { value, repeated: fields === countFields(value) ? [] : repeatedFields(text) }
}

function parsed(text: string): Json {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse returns is JSON
    return JSON.parse(text) as Json
  } catch {
    throw badBody('it is not JSON')
  }
}

/** Those that are left of a field that was written twice count once. */
function countFields(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  const items = Array.isArray(value) ? value : Object.values(value)
  let fields = Array.isArray(value) ? 0 : items.length
  for (const item of items) fields += countFields(item)
  return fields
}

/** `1e400`, which JSON.parse reads as infinite, and would be kept as null. */
const mayBeInfinite = /\d[eE]\+?\d{3}|\d{309}/

function isFiniteThroughout(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'object' || value === null || Object.values(value).every(isFiniteThroughout)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw badBody('it is not UTF-8 text')
  }
}

function badBody(why: string): ApiFailure {
  return new ApiFailure(failure('BadRequest', `the request's body cannot be read: ${why}`))
}

const [quote, backslash, openList, closeList, openMap, closeMap, colon, comma] = Buffer.from('"\\[]{}:,')

/** Of lists and maps together. Each may be a mistake to tell: what is sent back must not be a hundred times what came. */
const mostValues = 100_000

/** How many fields are written. Counted before parsing, so that what is too deep or too much costs one walk over its bytes. */
function fieldsIn(bytes: Buffer): number {
  let depth = 0
  let fields = 0
  let commas = 0
  let isInText = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    // A bracket in a text opens nothing, and a backslash takes what follows along.
    if (byte === quote) isInText = !isInText
    else if (isInText) at += byte === backslash ? 1 : 0
    else if (byte === colon) fields += 1
    else if (byte === comma) commas += 1
    else depth += deeper(byte)
    if (depth > deepest) throw badBody(`it is nested deeper than ${deepest} levels`)
  }
  if (commas >= mostValues) throw badBody(`it holds more than ${mostValues} values`)
  return fields
}

function deeper(byte: number | undefined): number {
  if (byte === openMap || byte === openList) return 1
  return byte === closeMap || byte === closeList ? -1 : 0
}
