import type { Json } from '../../record/record.ts'
import { readDocuments } from '../../resource/read-documents.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { decodeObject } from '../protobuf/decode-object.ts'
import { parseBody, type Body } from './read-body.ts'

/** A request as the rest of the room sees it. */
export interface Asked {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly header: (name: string) => string | undefined
  /** Reads the body, once. */
  readonly bytes: () => Promise<Buffer>
}

/** Without its parameters: `application/json`. */
export function contentType(asked: Asked): string {
  return (asked.header('content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** Kubernetes' protobuf is taken for the core kinds: newer typed clients send nothing else, and take JSON back. */
const protobuf = 'application/vnd.kubernetes.protobuf'
const readable = ['application/json', 'application/yaml', protobuf]

/** The body of POST, PUT and DELETE. */
export async function readBody(asked: Asked): Promise<Body> {
  const type = contentType(asked)
  if (!readable.includes(type)) throw unsupported(type, readable)
  const bytes = await asked.bytes()
  if (type === protobuf) return parseProtobuf(bytes)
  return type === 'application/yaml' ? parseYaml(bytes) : parseBody(bytes)
}

export async function readJson(asked: Asked): Promise<Json> {
  return (await readBody(asked)).value
}

export function unsupported(type: string, known: readonly string[]): ApiFailure {
  const words = `the body of the request was in an unknown format - accepted media types include: ${known.join(', ')}; not ${JSON.stringify(type.slice(0, 80))}`
  return new ApiFailure(failure('UnsupportedMediaType', words))
}

/** YAML 1.2 with the limits of a manifest; JSON is YAML, too. */
export function parseYaml(bytes: Buffer): Body {
  if (/^\s*\{/.test(bytes.subarray(0, 100).toString())) return parseBody(bytes)
  const { documents, mistakes } = readDocuments({ name: 'body', bytes })
  const [document] = documents
  if (document !== undefined && documents.length === 1 && mistakes.length === 0) {
    // Only what JSON can say comes out of it.
    return parseBody(Buffer.from(JSON.stringify(document.value)))
  }
  const why =
    mistakes[0] === undefined ? 'it is not one YAML document' : `line ${mistakes[0].line}: ${mistakes[0].message}`
  throw new ApiFailure(failure('BadRequest', `the request's body cannot be read: ${why}`))
}

function parseProtobuf(bytes: Buffer): Body {
  if (bytes.length === 0) return { value: {}, repeated: [] }
  try {
    const object = decodeObject(bytes)
    if (object !== undefined) return parseBody(Buffer.from(JSON.stringify(object)))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ApiFailure(failure('BadRequest', `the request's body cannot be read: ${error.message}`))
  }
  const words = 'this kind is not taken as protobuf: send it as application/json'
  throw new ApiFailure(failure('UnsupportedMediaType', words))
}
