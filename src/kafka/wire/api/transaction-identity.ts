import type { ByteWriter } from '../bytes/byte-writer.ts'

/** Who speaks in a transaction; an older epoch than the coordinator's is a zombie. */
export interface TransactionIdentity {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
}

export function writeTransactionIdentity(writer: ByteWriter, identity: TransactionIdentity): void {
  writer.compactString(identity.transactionalId)
  writer.int64(identity.producerId)
  writer.int16(identity.producerEpoch)
}
