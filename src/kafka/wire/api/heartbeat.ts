import type { Api } from './api.ts'

interface HeartbeatRequest {
  readonly group: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
}

export const heartbeat: Api<HeartbeatRequest, { readonly throttleMs: number; readonly errorCode: number }> = {
  key: 12,
  name: 'Heartbeat',
  minVersion: 4,
  maxVersion: 4,
  encode(writer, request) {
    writer.compactString(request.group)
    writer.int32(request.generation)
    writer.compactString(request.memberId)
    writer.compactString(request.instanceId)
    writer.noTaggedFields()
  },
  decode(reader) {
    const response = { throttleMs: reader.int32(), errorCode: reader.int16() }
    reader.taggedFields()
    return response
  },
}
