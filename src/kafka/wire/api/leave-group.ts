import type { Api } from './api.ts'

interface LeaveGroupRequest {
  readonly group: string
  readonly memberId: string
  readonly instanceId: string | null
  readonly reason: string
}

export const leaveGroup: Api<LeaveGroupRequest, { readonly throttleMs: number; readonly errorCode: number }> = {
  key: 13,
  name: 'LeaveGroup',
  minVersion: 4,
  maxVersion: 5,
  encode(writer, request, version) {
    writer.compactString(request.group)
    writer.compactArray([request], ({ memberId, instanceId, reason }) => {
      writer.compactString(memberId)
      writer.compactString(instanceId)
      if (version >= 5) writer.compactString(reason)
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  },
  decode(reader) {
    const throttleMs = reader.int32()
    const code = reader.int16()
    const codes = reader.compactArray(() => {
      reader.compactString() // member id
      reader.compactNullableString() // instance id
      const memberCode = reader.int16()
      reader.taggedFields()
      return memberCode
    })
    reader.taggedFields()
    return { throttleMs, errorCode: code === 0 ? (codes[0] ?? 0) : code }
  },
}
