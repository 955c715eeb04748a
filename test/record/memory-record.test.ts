import { MemoryRecord } from '../../src/record/memory-record.ts'
import { recordContract } from '../contract/record.ts'

recordContract('the twin in memory', () => Promise.resolve(open()), 200)

function open(): { record: MemoryRecord; pass(ms: number): Promise<void> } {
  let now = 1_000
  const record = new MemoryRecord({ now: () => now, sleep: () => Promise.resolve() })
  return { record, pass: (ms) => Promise.resolve(void (now += ms)) }
}
