import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsed, goodManifest } from '../support/manifest.ts'
import { arrangeApp, clusterOf } from '../../src/verify/arrange.ts'
import { deviations } from '../../src/verify/ground-truth.ts'
import { judgeReport } from '../../src/verify/judge-report.ts'
import { judgeRequest } from '../../src/verify/judge-request.ts'
import { judgeRun } from '../../src/verify/judge-run.ts'
import { remove, say } from '../../src/verify/person.ts'
import type { Played } from '../../src/verify/play.ts'
import { noteWritten } from '../../src/verify/record-for.ts'
import { World, type Request } from '../../src/verify/world.ts'
import { asJson } from '../../src/record/as-json.ts'

const [document] = parsed(goodManifest).apps
assert.ok(document)
const { app } = document
const plan = { scenario: 'declare', seed: 1, troubles: [] }
const addon = `${app.spec.app}-kafka-id`
const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }

describe('judgeRequest', () => {
  const forbidden: readonly [string, string, readonly unknown[], RegExp][] = [
    ['a topic that no manifest names', 'createTopic', [addon, { name: 'stranger' }], /no manifest names it/],
    ['the end of a topic while its app lives', 'deleteTopic', [addon, 'lines'], /goes only with its StreamApp/],
    ['the end of a group while its app lives', 'deleteConsumerGroup', [addon, 'word-count'], /only with its StreamApp/],
    ['a setting of somebody else', 'patchConfigVars', [app.spec.app, { OTHER: '1' }], /OTHER is not ours to set/],
    [
      'more dynos than there is work',
      'patchFormation',
      [app.spec.app, [{ type: 'worker', quantity: 99 }]],
      /more than/,
    ],
    ['another process', 'patchFormation', [app.spec.app, [{ type: 'clock', quantity: 1 }]], /no manifest names it/],
    ['workers before their topics', 'patchConfigVars', [app.spec.app, { STREAMS_A: '1' }], /lines is not there yet/],
    ['a write that it has no rule for', 'patchEverything', [app.spec.app], /no rule/],
  ]
  for (const [what, method, args, said] of forbidden) {
    it(`does not allow ${what}`, async () => {
      const world = await staged()
      judgeRequest(request(method), args, world)
      assert.match(world.violations.join('\n'), said)
    })
  }

  it('does not allow a call under a lease that somebody else holds, or that ran out', async () => {
    const world = await staged()
    world.lease = { holder: 'clock.2', untilMs: world.nowMs + 1_000 }
    judgeRequest(request('topics', false), [addon], world)
    world.lease = { holder: 'clock.1', untilMs: world.nowMs }
    judgeRequest(request('topics', false), [addon], world)

    assert.equal(world.violations.filter((rule) => rule.includes('does not hold the lease')).length, 2)
  })

  it('does not allow the records of a user to go unless a person agreed', async () => {
    const world = await staged()
    world.heroku.addTopic(clusterOf(app, world), {
      name: 'lines',
      partitions: 6,
      cleanupPolicy: 'delete',
      retentionMs: 86_400_000,
    })
    const shorter = [addon, { name: 'lines', retentionMs: 3_600_000, compaction: false }]
    judgeRequest(request('configureTopic'), shorter, world)
    assert.match(world.violations.join('\n'), /nobody agreed/)

    await remove(app, world)
    judgeRequest(request('deleteTopic'), [addon, 'lines'], world)
    assert.equal(world.violations.filter((rule) => rule.includes('nobody agreed')).length, 2)

    await say(app, world, true)
    judgeRequest(request('configureTopic'), shorter, world)
    assert.equal(world.violations.length, 2)
  })
})

describe('judgeReport', () => {
  it('does not believe in Ready where the world is otherwise', async () => {
    const world = await staged()
    const object = world.kept.get('default/word-count')
    assert.ok(object)
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Converged', message: '' }]
    const body = asJson({ ...object, status: { observedGeneration: 1, conditions } })
    const write = { kind: 'put', key, body, expected: 'any', actor: 'controller' } as const
    noteWritten(write, world)
    judgeReport(write, world)

    assert.match(world.violations.join('\n'), /Ready is said, but topic lines is missing/)
  })
})

describe('judgeRun', () => {
  const create = { ...request('createTopic lines'), what: 'createTopic lines', changed: true }
  const undisturbed: Played = {
    violations: [],
    requests: [create],
    busy: { requests: 1, recordUses: 1, notices: 1 },
    restarts: 1,
    end: { 'app a': 1 },
  }

  it('has nothing against a run that does as the undisturbed one', () => {
    assert.deepEqual(judgeRun(undisturbed, undisturbed, plan), [])
  })

  it('tells another end, more changes, more tries and more restarts', () => {
    const worse = { ...undisturbed, requests: [create, create], restarts: 2, end: { 'app a': 2 } }
    const rules = judgeRun(worse, undisturbed, plan).join('\n')

    for (const said of [/ends as 2/, /2 changes by createTopic lines/, /2 tries of createTopic lines/, /restarted 2/])
      assert.match(rules, said)
  })

  it('excuses no other end', () => {
    assert.equal(judgeRun({ ...undisturbed, end: {} }, undisturbed, plan).length, 1)
  })

  it('allows one more try for each trouble, and no more change', () => {
    const again = { ...undisturbed, requests: [create, { ...create, changed: false }] }
    const disturbed = { ...plan, troubles: [{ kind: '503', at: 1 } as const] }

    assert.deepEqual(judgeRun(again, undisturbed, disturbed), [])
  })
})

describe('deviations', () => {
  it('names all that is not as the manifest asks', async () => {
    const world = await staged()
    const wrong = deviations(world.heroku, app, world.nowMs)

    assert.ok(wrong.includes('topic lines is missing'), wrong.join('\n'))
    assert.ok(wrong.some((said) => said.startsWith('STREAMS_APPLICATION_ID is not set')))
    assert.ok(wrong.some((said) => said.startsWith('0 dynos of')))
    assert.ok(wrong.includes('group word-count is missing'))
  })
})

async function staged(): Promise<World> {
  const world = new World(plan)
  arrangeApp(app, world, 'basic-0')
  world.lease = { holder: 'clock.1', untilMs: world.nowMs + 10_000 }
  await say(app, world)
  return world
}

function request(what: string, isWrite = true): Request {
  return { index: 0, atMs: 0, by: 'clock.1', api: 'platform', isWrite, what, changed: false }
}
