import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { edited, editsOfSchema } from '../../src/verify/edit-manifest.ts'
import { parsePlan, printPlan, type FaultPlan } from '../../src/verify/fault-plan.ts'
import { severalTroubles, singleTroubles, thinned } from '../../src/verify/make-plans.ts'
import { Process } from '../../src/verify/process.ts'
import { shrink } from '../../src/verify/shrink.ts'
import { callTroubles } from '../../src/verify/trouble.ts'
import { VirtualClock } from '../../src/verify/virtual-clock.ts'
import { goodManifest, parsed } from '../support/manifest.ts'

const live = new AbortController().signal

describe('a plan', () => {
  it('is one line of text, and is read back from it', () => {
    const text = 'chain#7: edit@3 edit@9 crash-after@12 notice-lost@0 record-unsure@4'
    const read = parsePlan(text)
    assert.ok(read.ok)
    assert.equal(printPlan(read.value), text)
    assert.deepEqual(parsePlan('declare'), { ok: true, value: { scenario: 'declare', seed: 1, troubles: [] } })
  })

  it('is refused with the words that are not known', () => {
    const read = parsePlan('declare: crash@3 503@1')
    assert.ok(!read.ok && read.error.startsWith('crash@3: no such trouble'))
  })

  it('meets each call with each trouble, crashes first', () => {
    const all = singleTroubles({ requests: 3, recordUses: 2, notices: 1 })
    assert.equal(all.length, 3 * Object.keys(callTroubles).length + 2 * 4 + 3)
    assert.equal(all[0]?.kind, 'crash-before')
    assert.equal(new Set(all.map(({ kind, at }) => `${kind}@${at}`)).size, all.length)
  })

  it('is drawn by the seed alone', () => {
    const busy = { requests: 30, recordUses: 30, notices: 5 }
    assert.deepEqual(severalTroubles('declare', busy, 20, 3), severalTroubles('declare', busy, 20, 3))
    assert.notDeepEqual(severalTroubles('declare', busy, 20, 3), severalTroubles('declare', busy, 20, 4))
    assert.deepEqual(thinned([1, 2, 3, 4], 2), [1, 3])
  })

  it('is shortened to what still fails', async () => {
    const troubles = [1, 2, 3, 4].map((at) => ({ kind: '503', at }) as const)
    const plan: FaultPlan = { scenario: 'chain', seed: 1, troubles, edits: [0, 1, 2, 3, 4, 5] }
    const needs = (shorter: FaultPlan): boolean =>
      (shorter.edits ?? []).includes(4) && shorter.troubles.some(({ at }) => at === 3)
    const shortest = await shrink(plan, (shorter) => Promise.resolve(needs(shorter)))
    assert.equal(printPlan(shortest), 'chain#1: edit@4 503@3')
  })
})

describe('edits of a manifest', () => {
  const [document] = parsed(goodManifest).apps

  it('reach every field that the schema knows, and some are refused at the door', () => {
    assert.ok(document)
    const edits = editsOfSchema()
    const fields = new Set(edits.map(({ path }) => path.filter((step) => typeof step === 'string').join('.')))
    for (const field of ['drift', 'topics.retention', 'scaling.max', 'streams.config', 'topology.stores.windowed'])
      assert.ok(fields.has(field), field)
    const outcomes = edits.map((edit) => edited(document.app, edit))
    assert.ok(outcomes.filter((app) => app === undefined).length > 10)
    assert.ok(outcomes.filter((app) => app !== undefined).length > 60)
  })

  it('change what they name and nothing else', () => {
    assert.ok(document)
    const changed = edited(document.app, { path: ['scaling', 'min'], value: 3 })
    assert.deepEqual(changed, {
      ...document.app,
      spec: { ...document.app.spec, scaling: { ...document.app.spec.scaling, min: 3 } },
    })
    assert.equal(edited(document.app, { path: ['app'], value: undefined }), undefined)
  })
})

describe('a process', () => {
  it('that is dead gets no answer, and wakes from no sleep', async () => {
    const clock = new VirtualClock()
    const process = new Process('clock.1', clock)
    const heard: string[] = []
    void process.through(clock.sleep(10, live)).then(() => heard.push('answer'))
    void process.clock.sleep(10, live).then(() => heard.push('alarm'))
    process.kill()
    await clock.pass(100)
    assert.deepEqual(heard, [])
  })

  it('that is stopped gets its answers when it goes on, in their order', async () => {
    const clock = new VirtualClock(0)
    const process = new Process('clock.1', clock)
    const heard: string[] = []
    void process.clock.sleep(10, live).then(() => heard.push(`alarm ${clock.now()}`))
    void process.through(clock.sleep(20, live)).then(() => heard.push(`answer ${clock.now()}`))
    void process.stall(500, live)
    await clock.pass(499)
    assert.deepEqual(heard, [])
    await clock.pass(1)
    assert.deepEqual(heard, ['alarm 500', 'answer 500'])
  })
})
