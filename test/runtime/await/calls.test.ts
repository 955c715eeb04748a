import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { AwaitOrder } from '../../../src/runtime/await/await-options.ts'
import { Calls } from '../../../src/runtime/await/calls.ts'

interface Input {
  readonly at: number
  readonly key: number
}

/** Calls whose ends a test chooses, and what happened to them, in order. */
class Stage {
  readonly running: { readonly input: Input; readonly end: (fails: boolean) => void }[] = []
  readonly begun: Input[] = []
  readonly handed: Input[] = []
  readonly failed = new Set<number>()
  mostRunning = 0
  readonly calls: Calls<Input, number>

  constructor(order: AwaitOrder, concurrency: number, maxWaiting: number) {
    this.calls = new Calls<Input, number>(
      { order, concurrency, maxWaiting },
      { call: (input) => this.#begin(input), laneOf: ({ key }) => key, whenDone: () => {} },
    )
  }

  handOver(): void {
    this.calls.handOver((input, outcome) => {
      this.handed.push(input)
      if (outcome.kind === 'failure') this.failed.add(input.at)
      else assert.equal(outcome.result, input.at)
    })
  }

  /** Ends one of the running calls, and lets the news arrive. */
  async endOne(choice: number, fails: boolean): Promise<void> {
    const [call] = this.running.splice(choice % this.running.length, 1)
    call?.end(fails)
    await new Promise((resolve) => setImmediate(resolve))
  }

  #begin(input: Input): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const end = (fails: boolean) => (fails ? reject(new Error('no')) : resolve(input.at))
    this.begun.push(input)
    this.running.push({ input, end })
    this.mostRunning = Math.max(this.mostRunning, this.running.length)
    return promise
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), key: fc.nat(3) }),
    fc.record({ kind: fc.constant('end' as const), choice: fc.nat(20), fails: fc.boolean() }),
    fc.record({ kind: fc.constant('hand-over' as const) }),
  ),
  { maxLength: 60 },
)

async function play(stage: Stage, script: readonly Step[]): Promise<number> {
  let added = 0
  for (const step of script) {
    if (step.kind === 'add' && !stage.calls.isFull) stage.calls.add({ at: added++, key: step.key })
    if (step.kind === 'end' && stage.running.length > 0) await stage.endOne(step.choice, step.fails)
    if (step.kind === 'hand-over') stage.handOver()
  }
  while (stage.calls.inFlight + stage.calls.waiting > 0) {
    if (stage.running.length > 0) await stage.endOne(7, false)
    stage.handOver()
  }
  return added
}

type Step =
  | { readonly kind: 'add'; readonly key: number }
  | { readonly kind: 'end'; readonly choice: number; readonly fails: boolean }
  | { readonly kind: 'hand-over' }

const numbers = (inputs: readonly Input[]) => inputs.map(({ at }) => at)
const inOrder = (all: readonly number[]) => all.toSorted((one, other) => one - other)

describe('calls of an operator that awaits', () => {
  for (const order of ['key', 'partition', 'none'] as const)
    it(`A1, A4 (${order}): run no more than they may, and hand everything over once`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.nat(4), async (script, concurrency, maxWaiting) => {
          const stage = new Stage(order, concurrency, maxWaiting)
          const added = await play(stage, script)
          assert.ok(stage.mostRunning <= concurrency)
          assert.deepEqual(
            inOrder(numbers(stage.handed)),
            Array.from({ length: added }, (_, at) => at),
          )
        }),
        { numRuns: 60 },
      )
    })

  it('A2: of one key, hand over in order, and begin none before the last was handed over', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (script, concurrency) => {
        const stage = new Stage('key', concurrency, 8)
        await play(stage, script)
        for (const key of [0, 1, 2, 3]) {
          const of = (inputs: readonly Input[]) => numbers(inputs.filter((input) => input.key === key))
          assert.deepEqual(of(stage.handed), inOrder(of(stage.handed)))
          assert.deepEqual(of(stage.begun), inOrder(of(stage.begun)))
        }
      }),
      { numRuns: 100 },
    )
    const stage = new Stage('key', 4, 4)
    stage.calls.add({ at: 0, key: 1 })
    stage.calls.add({ at: 1, key: 1 })
    stage.calls.add({ at: 2, key: 2 })
    assert.deepEqual(numbers(stage.begun), [0, 2])
    await stage.endOne(0, true)
    assert.deepEqual(numbers(stage.begun), [0, 2])
    stage.handOver()
    assert.deepEqual(numbers(stage.begun), [0, 2, 1])
    assert.deepEqual([...stage.failed], [0])
  })

  it('A3: in the order of the partition, hand nothing over before what came first', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (script, concurrency) => {
        const stage = new Stage('partition', concurrency, 8)
        await play(stage, script)
        assert.deepEqual(numbers(stage.handed), inOrder(numbers(stage.handed)))
      }),
      { numRuns: 100 },
    )
  })
})
