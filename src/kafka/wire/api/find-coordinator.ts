import type { ByteReader } from '../bytes/byte-reader.ts'
import { MalformedBytes } from '../bytes/byte-reader.ts'
import type { Api } from './api.ts'

export type CoordinatorKind = 'group' | 'transaction'

interface FindCoordinatorRequest {
  readonly kind: CoordinatorKind
  readonly key: string
}

interface FindCoordinatorResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly message: string | null
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export const findCoordinator: Api<FindCoordinatorRequest, FindCoordinatorResponse> = {
  key: 10,
  name: 'FindCoordinator',
  minVersion: 3,
  maxVersion: 4,
  encode(writer, { kind, key }, version) {
    if (version <= 3) writer.compactString(key)
    writer.int8(kind === 'group' ? 0 : 1)
    if (version >= 4) writer.compactArray([key], (each) => writer.compactString(each))
    writer.noTaggedFields()
  },
  decode(reader, version) {
    const throttleMs = reader.int32()
    const found = version <= 3 ? readAlone(reader) : readFirst(reader)
    reader.taggedFields()
    return { throttleMs, ...found }
  },
}

type Found = Omit<FindCoordinatorResponse, 'throttleMs'>

function readAlone(reader: ByteReader): Found {
  const code = reader.int16()
  const message = reader.compactNullableString()
  return { errorCode: code, message, nodeId: reader.int32(), host: reader.compactString(), port: reader.int32() }
}

function readFirst(reader: ByteReader): Found {
  const [first] = reader.compactArray(() => {
    reader.compactString() // key
    const node = { nodeId: reader.int32(), host: reader.compactString(), port: reader.int32() }
    const found = { ...node, errorCode: reader.int16(), message: reader.compactNullableString() }
    reader.taggedFields()
    return found
  })
  if (first === undefined) throw new MalformedBytes('FindCoordinator answered for no key')
  return first
}
