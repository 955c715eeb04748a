import type { Api } from './api.ts'

interface JoinGroupRequest {
  readonly group: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** Empty at the first try: the broker answers MEMBER_ID_REQUIRED and gives one. */
  readonly memberId: string
  readonly instanceId: string | null
  readonly protocolType: string
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[]
  readonly reason: string
}

interface JoinGroupResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly generation: number
  readonly protocol: string
  readonly leader: string
  /** The leader of a static group that came back need not assign anew. */
  readonly skipAssignment: boolean
  readonly memberId: string
  /** Filled for the leader only. */
  readonly members: readonly JoinedMember[]
}

export interface JoinedMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly metadata: Uint8Array
}

export const joinGroup: Api<JoinGroupRequest, JoinGroupResponse> = {
  key: 11,
  name: 'JoinGroup',
  minVersion: 6,
  maxVersion: 9,
  encode(writer, request, version) {
    writer.compactString(request.group)
    writer.int32(request.sessionTimeoutMs)
    writer.int32(request.rebalanceTimeoutMs)
    writer.compactString(request.memberId)
    writer.compactString(request.instanceId)
    writer.compactString(request.protocolType)
    writer.compactArray(request.protocols, ({ name, metadata }) => {
      writer.compactString(name)
      writer.compactBytes(metadata)
      writer.noTaggedFields()
    })
    if (version >= 8) writer.compactString(request.reason)
    writer.noTaggedFields()
  },
  decode(reader, version) {
    const throttleMs = reader.int32()
    const code = reader.int16()
    const generation = reader.int32()
    if (version >= 7) reader.compactNullableString() // protocol type
    const protocol = reader.compactString()
    const leader = reader.compactString()
    const skipAssignment = version >= 9 && reader.boolean()
    const memberId = reader.compactString()
    const members = reader.compactArray(() => {
      const identity = { memberId: reader.compactString(), instanceId: reader.compactNullableString() }
      const member = { ...identity, metadata: Buffer.from(reader.compactBytes() ?? []) }
      reader.taggedFields()
      return member
    })
    reader.taggedFields()
    return { throttleMs, errorCode: code, generation, protocol, leader, skipAssignment, memberId, members }
  },
}
