import type { Api } from './api.ts'
import type { TransactionIdentity } from './transaction-identity.ts'
import { writeTransactionIdentity } from './transaction-identity.ts'

type EndTxnRequest = TransactionIdentity & { readonly committed: boolean }

/** Version 5 bumps the epoch with each transaction (KIP-890); we keep one epoch a session, as every broker from 2.8 on does. */
export const endTxn: Api<EndTxnRequest, { readonly throttleMs: number; readonly errorCode: number }> = {
  key: 26,
  name: 'EndTxn',
  minVersion: 3,
  maxVersion: 4,
  encode(writer, request) {
    writeTransactionIdentity(writer, request)
    writer.boolean(request.committed)
    writer.noTaggedFields()
  },
  decode(reader) {
    const response = { throttleMs: reader.int32(), errorCode: reader.int16() }
    reader.taggedFields()
    return response
  },
}
