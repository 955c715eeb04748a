import type { ByteReader } from '../bytes/byte-reader.ts'
import { errorCode } from './error-code.ts'
import type { Api } from './api.ts'

interface ApiVersionsRequest {
  readonly softwareName: string
  readonly softwareVersion: string
}

interface ApiVersionsResponse {
  readonly throttleMs: number
  readonly errorCode: number
  /** Lowest and highest version by api key. */
  readonly ranges: ReadonlyMap<number, VersionRange>
}

export interface VersionRange {
  readonly min: number
  readonly max: number
}

/**
 * The first call on a connection. Its response header is the old one whatever
 * the version, since the client cannot know yet what the broker speaks; a
 * broker without version 3 answers in version 0 with UNSUPPORTED_VERSION.
 */
export const apiVersions: Api<ApiVersionsRequest, ApiVersionsResponse> = {
  key: 18,
  name: 'ApiVersions',
  minVersion: 3,
  maxVersion: 3,
  encode(writer, request) {
    writer.compactString(request.softwareName)
    writer.compactString(request.softwareVersion)
    writer.noTaggedFields()
  },
  decode(reader) {
    const code = reader.int16()
    if (code === errorCode.unsupportedVersion) return { throttleMs: 0, errorCode: code, ranges: new Map() }
    const ranges = new Map<number, VersionRange>()
    reader.compactArray(() => {
      const [key, range] = readRange(reader)
      ranges.set(key, range)
    })
    const throttleMs = reader.int32()
    reader.taggedFields()
    return { throttleMs, errorCode: code, ranges }
  },
}

function readRange(reader: ByteReader): [number, VersionRange] {
  const key = reader.int16()
  const range = { min: reader.int16(), max: reader.int16() }
  reader.taggedFields()
  return [key, range]
}
