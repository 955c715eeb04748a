import type { Api } from './api.ts'
import type { TransactionIdentity } from './transaction-identity.ts'
import { writeTransactionIdentity } from './transaction-identity.ts'

interface AddPartitionsToTxnRequest extends TransactionIdentity {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
}

interface AddPartitionsToTxnResponse {
  readonly throttleMs: number
  readonly topics: readonly {
    readonly name: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

/** Versions 4 and up are for brokers among themselves and need CLUSTER_ACTION, which no tenant has. */
export const addPartitionsToTxn: Api<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = {
  key: 24,
  name: 'AddPartitionsToTxn',
  minVersion: 3,
  maxVersion: 3,
  encode(writer, request) {
    writeTransactionIdentity(writer, request)
    writer.compactArray(request.topics, ({ name, partitions }) => {
      writer.compactString(name)
      writer.compactArray(partitions, (partition) => writer.int32(partition))
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  },
  decode(reader) {
    const throttleMs = reader.int32()
    const topics = reader.compactArray(() => {
      const name = reader.compactString()
      const partitions = reader.compactArray(() => {
        const result = { partition: reader.int32(), errorCode: reader.int16() }
        reader.taggedFields()
        return result
      })
      reader.taggedFields()
      return { name, partitions }
    })
    reader.taggedFields()
    return { throttleMs, topics }
  },
}
