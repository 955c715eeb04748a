import type { Api } from './api.ts'
import type { TransactionIdentity } from './transaction-identity.ts'
import { writeTransactionIdentity } from './transaction-identity.ts'

type AddOffsetsToTxnRequest = TransactionIdentity & { readonly group: string }

export const addOffsetsToTxn: Api<AddOffsetsToTxnRequest, { readonly throttleMs: number; readonly errorCode: number }> =
  {
    key: 25,
    name: 'AddOffsetsToTxn',
    minVersion: 3,
    maxVersion: 4,
    encode(writer, request) {
      writeTransactionIdentity(writer, request)
      writer.compactString(request.group)
      writer.noTaggedFields()
    },
    decode(reader) {
      const response = { throttleMs: reader.int32(), errorCode: reader.int16() }
      reader.taggedFields()
      return response
    },
  }
