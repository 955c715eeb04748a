import type { Api } from './api.ts'

interface InitProducerIdRequest {
  /** null: idempotence alone. */
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  /** The identity to go on from, or -1 and -1 for a new one. */
  readonly producerId: number
  readonly producerEpoch: number
}

interface InitProducerIdResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly producerId: number
  readonly producerEpoch: number
}

export const initProducerId: Api<InitProducerIdRequest, InitProducerIdResponse> = {
  key: 22,
  name: 'InitProducerId',
  minVersion: 3,
  maxVersion: 5,
  encode(writer, request) {
    writer.compactString(request.transactionalId)
    writer.int32(request.transactionTimeoutMs)
    writer.int64(request.producerId)
    writer.int16(request.producerEpoch)
    writer.noTaggedFields()
  },
  decode(reader) {
    const head = { throttleMs: reader.int32(), errorCode: reader.int16() }
    const identity = { producerId: reader.int64(), producerEpoch: reader.int16() }
    reader.taggedFields()
    return { ...head, ...identity }
  },
}
