import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'

export const valueBytes = 1_000
const mostPendingBytes = 8 * 1024 * 1024

export const keyOf = (number: number): Buffer => Buffer.from(`key-${String(number).padStart(8, '0')}`)

/** Texts that no codec makes much smaller. */
export function texts(): () => Buffer {
  const letters = Buffer.from(randomBytes(valueBytes * 8).toString('base64'))
  let turn = 0
  return () => {
    turn = (turn + 7) % (letters.length - valueBytes)
    return letters.subarray(turn, turn + valueBytes)
  }
}

/**
 * Writes a store's state as an app would have left it: one record for each key. A changelog of a timestamped store
 * holds plain values; their times are the records' own.
 */
export async function fillChangelog(client: StreamClient, topic: string, records: number): Promise<void> {
  const sink = client.openSink()
  const next = texts()
  try {
    const prepared = await sink.prepare([topic])
    if (!prepared.ok) throw new Error(`writing to ${topic}: ${prepared.error.reason}`)
    const timestamp = Date.now()
    for (let number = 0; number < records; number += 1) {
      sink.send({ topic, partition: 0, key: keyOf(number), value: next(), timestamp, headers: [] })
      while (sink.pendingBytes > mostPendingBytes) await delay(1)
    }
    const flushed = await sink.flush()
    if (!flushed.ok) throw new Error(`writing to ${topic}: ${flushed.error.reason}`)
  } finally {
    await sink.close()
  }
}
