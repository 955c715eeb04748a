import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { priorities, WorkQueue } from '../../../src/controller/queue/work-queue.ts'

const pace = { backoff: { firstMs: 1_000, ceilingMs: 60_000 }, ageingMs: 10_000 }

describe('WorkQueue', () => {
  it('Q1: holds a key once, however often it is added', () => {
    const queue = new WorkQueue(pace)
    for (let time = 0; time < 5; time += 1) queue.add('a', 'webhook', time)

    assert.equal(queue.size, 1)
    assert.equal(queue.take(5), 'a')
    assert.equal(queue.take(5), undefined)
  })

  it('Q2, Q3: hands a key out again only after done, and then once more if it was added meanwhile', () => {
    const queue = new WorkQueue(pace)
    queue.add('a', 'resync', 0)
    assert.equal(queue.take(0), 'a')
    queue.add('a', 'person', 1)
    queue.add('a', 'webhook', 2)
    assert.equal(queue.take(3), undefined)

    queue.done('a', 3)
    assert.equal(queue.take(3), 'a')
    queue.done('a', 4)
    assert.equal(queue.size, 0)
  })

  it('Q4: a person asking for what waits for its resync brings it forward', () => {
    const queue = new WorkQueue(pace)
    queue.add('other', 'webhook', 0)
    queue.add('a', 'resync', 0, 600_000)
    queue.add('a', 'person', 10)

    assert.deepEqual([queue.take(10), queue.take(10)], ['a', 'other'])
  })

  it('takes what is more urgent first, and within one priority what has waited longest', () => {
    const queue = new WorkQueue(pace)
    queue.add('late resync', 'resync', 1)
    queue.add('webhook', 'webhook', 2)
    queue.add('later resync', 'resync', 3)
    queue.add('person', 'person', 4)

    assert.deepEqual(takeAll(queue, 5), ['person', 'webhook', 'late resync', 'later resync'])
  })

  it('Q5: a resync that has waited long overtakes fresh webhooks', () => {
    const queue = new WorkQueue(pace)
    queue.add('old resync', 'resync', 0)
    queue.add('fresh webhook', 'webhook', 30_000)

    assert.equal(queue.take(30_000), 'old resync')
  })

  it('comes back later after each failure, never before it was told, and forgets failures when one goes well', () => {
    const queue = new WorkQueue(pace)
    const waits: (number | undefined)[] = []
    let now = 0
    queue.add('a', 'webhook', now)
    for (const notBeforeMs of [0, 0, 0, 500_000]) {
      assert.equal(queue.take(now), 'a')
      queue.retry('a', now, { spread: 0.999_999, notBeforeMs })
      waits.push(queue.nextDueMs === undefined ? undefined : queue.nextDueMs - now)
      now = queue.nextDueMs ?? now
    }

    assert.deepEqual(waits, [1_000, 2_000, 4_000, 500_000 - 7_000])
    assert.equal(queue.failures('a'), 4)
    queue.take(now)
    queue.done('a', now)
    assert.equal(queue.failures('a'), 0)
  })

  it('leaves what waits in its place when it is asked for again, in the same moment or later', () => {
    for (const again of [0, 1]) {
      const queue = new WorkQueue(pace)
      queue.add('a', 'resync', 0)
      queue.add('b', 'resync', 0)
      queue.add('a', 'resync', again)
      assert.deepEqual(takeAll(queue, 1), ['a', 'b'])
    }
  })

  it('has what comes back after it was taken wait behind those who stood there, and loses nobody', () => {
    const queue = new WorkQueue(pace)
    queue.add('a', 'resync', 0)
    queue.add('b', 'resync', 1)
    queue.add('a', 'person', 2)
    assert.equal(queue.take(2), 'a')
    queue.done('a', 2)
    queue.add('a', 'resync', 3)
    assert.deepEqual(takeAll(queue, 3), ['b', 'a'])
  })

  it('looks no more at what was deleted while somebody looked, though it was asked for meanwhile', () => {
    const queue = new WorkQueue(pace)
    queue.add('gone', 'webhook', 0)
    assert.equal(queue.take(0), 'gone')
    queue.add('gone', 'person', 1)
    queue.forget('gone')
    queue.done('gone', 2)
    assert.deepEqual([queue.size, queue.take(2)], [0, undefined])
  })

  it('drops what is forgotten', () => {
    const queue = new WorkQueue(pace)
    queue.add('gone', 'webhook', 0)
    queue.forget('gone')

    assert.deepEqual([queue.take(0), queue.size, queue.depth], [undefined, 0, 0])
  })

  it('Q5: what has waited as much longer as a priority is worth goes first', () => {
    const queue = new WorkQueue(pace)
    queue.add('resync', 'resync', 0)
    queue.add('lag', 'lag', pace.ageingMs)
    assert.deepEqual(takeAll(queue, pace.ageingMs), ['resync', 'lag'])
    queue.done('resync', 20_000)
    queue.done('lag', 20_000)
    queue.add('resync', 'resync', 20_001)
    queue.add('lag', 'lag', 20_000 + pace.ageingMs)
    assert.deepEqual(takeAll(queue, 20_000 + pace.ageingMs), ['lag', 'resync'])
  })

  it('keeps the priority of what failed, and gives none to what it does not know', () => {
    const queue = new WorkQueue(pace)
    queue.add('failed', 'person', 0)
    queue.take(0)
    queue.retry('failed', 0, { spread: 0 })
    const due = queue.nextDueMs ?? NaN
    queue.add('fresh', 'webhook', due)
    assert.deepEqual(takeAll(queue, due), ['failed', 'fresh'])

    queue.retry('unknown', due, { spread: 0 })
    queue.add('lag', 'lag', due + 1_000)
    assert.deepEqual(takeAll(queue, due + 1_000), ['lag', 'unknown'])
  })

  it('knows its failures no more once it was told to forget', () => {
    const queue = new WorkQueue(pace)
    queue.add('a', 'webhook', 0)
    queue.take(0)
    queue.retry('a', 0, { spread: 0 })
    queue.forget('a')
    assert.deepEqual([queue.failures('a'), queue.take(600_000), queue.size], [0, undefined, 0])
  })

  it('hands out thousands in their order, and again', () => {
    const queue = new WorkQueue(pace)
    const keys = Array.from({ length: 5_000 }, (_, index) => `key ${index}`)
    for (let round = 0; round < 3; round += 1) {
      for (const key of keys) queue.add(key, 'resync', round)
      assert.equal(queue.depth, keys.length)
      assert.deepEqual(takeAll(queue, round), keys)
      assert.deepEqual([queue.depth, queue.underWay], [0, keys.length])
      for (const key of keys) queue.done(key, round)
      assert.deepEqual([queue.size, queue.underWay], [0, 0])
    }
  })

  it('counts nothing that was not under way as ended', () => {
    const queue = new WorkQueue(pace)
    queue.add('a', 'webhook', 0)
    queue.done('a', 0)
    assert.deepEqual([queue.size, queue.underWay, queue.take(0)], [1, 0, 'a'])
  })

  it('behaves as the plain list it stands for, under any calls', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 200 }), (calls) => agreesWithModel(calls)),
      { numRuns: 1_000 },
    )
  })
})

function takeAll(queue: WorkQueue, nowMs: number): string[] {
  const taken: string[] = []
  for (let key = queue.take(nowMs); key !== undefined; key = queue.take(nowMs)) taken.push(key)
  return taken
}

const call = fc.record({
  kind: fc.constantFrom('add', 'add', 'take', 'take', 'done', 'retry', 'forget'),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  priority: fc.constantFrom(...priorities),
  delayMs: fc.constantFrom(0, 0, 5_000, 50_000),
  passedMs: fc.integer({ min: 0, max: 20_000 }),
})

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

/** The law without the speed: waiting keys with their due times, and keys in progress with what was asked meanwhile. */
class Model {
  readonly queue = new WorkQueue(pace)
  readonly waiting = new Map<string, number>()
  readonly processing = new Map<string, number>()

  add({ key, priority, delayMs }: Call, now: number): void {
    this.queue.add(key, priority, now, delayMs)
    const asked = this.processing.has(key) ? this.processing : this.waiting
    asked.set(key, Math.min(asked.get(key) ?? Infinity, now + delayMs))
  }

  take(_: Call, now: number): void {
    const due = [...this.waiting].filter(([, dueMs]) => dueMs <= now).map(([key]) => key)
    const taken = this.queue.take(now)
    if (taken === undefined) return this.agreesOnDepth([], due)
    assert.ok(due.includes(taken), `${taken} was not due`)
    this.waiting.delete(taken)
    this.processing.set(taken, Infinity)
    this.agreesOnDepth([taken], due)
  }

  /** What could be taken at once is what is due and was not just taken. */
  agreesOnDepth(taken: readonly string[], due: readonly string[]): void {
    assert.equal(this.queue.depth, due.length - taken.length)
  }

  done({ key }: Call, now: number): void {
    const again = this.processing.get(key)
    if (again === undefined) return
    this.queue.done(key, now)
    this.processing.delete(key)
    if (again < Infinity) this.waiting.set(key, again)
  }

  retry({ key }: Call, now: number): void {
    const again = this.processing.get(key)
    if (again === undefined) return
    const backoff = 500 * 2 ** this.queue.failures(key)
    this.queue.retry(key, now, { spread: 0 })
    this.processing.delete(key)
    this.waiting.set(key, Math.min(again, now + Math.min(30_000, backoff)))
  }

  forget({ key }: Call): void {
    this.queue.forget(key)
    this.waiting.delete(key)
    if (this.processing.has(key)) this.processing.set(key, Infinity)
  }
}

function agreesWithModel(calls: readonly Call[]): void {
  const model = new Model()
  let now = 0
  for (const step of calls) {
    now += step.passedMs
    model[step.kind](step, now)
    assert.equal(model.queue.size, model.waiting.size + model.processing.size)
    assert.equal(model.queue.underWay, model.processing.size)
  }
}
