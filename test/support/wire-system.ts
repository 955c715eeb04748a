import { systemClock } from '../../src/host/system-clock.ts'
import type { Result } from '../../src/base/result.ts'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import type { RecordSource, SourceOptions } from '../../src/kafka/record-source.ts'
import type { StreamFailure } from '../../src/kafka/stream-failure.ts'
import { WireClient } from '../../src/kafka/wire/wire-client.ts'
import type { GivenWireOptions } from '../../src/kafka/wire/wire-client.ts'
import { plain } from './wire-records.ts'
import type { PlainRecord } from './wire-records.ts'

export function openWire(address: ClusterAddress, options: Partial<GivenWireOptions> = {}): WireClient {
  return new WireClient(address, { clientId: 'test', clock: systemClock, random: Math.random, ...options })
}

export function good<Value>(result: Result<Value, StreamFailure>): Value {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.reason}`)
  return result.value
}

const never = new AbortController().signal

/** Polls until `count` records came, for `withinMs` at most; fewer are returned as they are. */
export async function pollRecords(source: RecordSource, count: number, withinMs = 15_000): Promise<PlainRecord[]> {
  const deadline = Date.now() + withinMs
  const records: PlainRecord[] = []
  while (records.length < count && Date.now() < deadline) {
    const polled = await source.poll(Math.min(200, withinMs), never)
    if (polled.ok) records.push(...polled.value.batches.flatMap(plain))
    else if (polled.error.kind !== 'retry') good(polled)
  }
  return records
}

/** Everything that lies in one partition now, by a source of its own. */
export async function readPartition(
  client: WireClient,
  topic: string,
  options: Partial<SourceOptions> = {},
): Promise<PlainRecord[]> {
  const partition = { topic, partition: 0 }
  const end = options.readCommitted === true ? 'committed-end' : 'end'
  const last = good(await client.offsets([partition], end)).get(`${topic}-0`) ?? 0
  const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1024 * 1024, ...options })
  source.assign([{ ...partition, offset: 0 }])
  const records: PlainRecord[] = []
  let position = 0
  while (position < last) {
    const { batches, positions } = good(await source.poll(1000, never))
    records.push(...batches.flatMap(plain))
    position = positions[0]?.offset ?? position
  }
  await source.close()
  return records
}
