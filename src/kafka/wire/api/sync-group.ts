import type { Api } from './api.ts'

interface SyncGroupRequest {
  readonly group: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  readonly protocolType: string
  readonly protocol: string
  /** Bytes for each member, from the leader; empty from everyone else. */
  readonly assignments: ReadonlyMap<string, Uint8Array>
}

interface SyncGroupResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly assignment: Uint8Array
}

export const syncGroup: Api<SyncGroupRequest, SyncGroupResponse> = {
  key: 14,
  name: 'SyncGroup',
  minVersion: 4,
  maxVersion: 5,
  encode(writer, request, version) {
    writer.compactString(request.group)
    writer.int32(request.generation)
    writer.compactString(request.memberId)
    writer.compactString(request.instanceId)
    if (version >= 5) {
      writer.compactString(request.protocolType)
      writer.compactString(request.protocol)
    }
    writer.compactArray([...request.assignments], ([memberId, assignment]) => {
      writer.compactString(memberId)
      writer.compactBytes(assignment)
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  },
  decode(reader, version) {
    const throttleMs = reader.int32()
    const code = reader.int16()
    if (version >= 5) {
      reader.compactNullableString() // protocol type
      reader.compactNullableString() // protocol
    }
    const assignment = Buffer.from(reader.compactBytes() ?? [])
    reader.taggedFields()
    return { throttleMs, errorCode: code, assignment }
  },
}
