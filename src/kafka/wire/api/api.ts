import type { ByteReader } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'

/**
 * One call of the Kafka protocol as we speak it. Field order, versions and
 * meaning come from Kafka's own message definitions
 * (`common/message/*.json` of kafka-clients 4.3.1).
 *
 * Every version between `minVersion` and `maxVersion` is a flexible one
 * (KIP-482): compact strings, tagged fields, request header 2, response header 1.
 * `minVersion` is spoken by brokers from 2.8 on, `maxVersion` by those of today.
 */
export interface Api<Request, Response extends { readonly throttleMs: number }> {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  encode(writer: ByteWriter, request: Request, version: number): void
  decode(reader: ByteReader, version: number): Response
}
