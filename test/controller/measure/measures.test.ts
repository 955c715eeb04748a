import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { openMeasures, type Measures } from '../../../src/controller/measure/measures.ts'
import { openTelemetry } from '../../../src/host/open-telemetry.ts'

describe('the controller’s metrics', () => {
  it('count passes as controller-runtime does, by how they ended', async (t) => {
    const { measures, lines } = opened(t)
    measures.passed('StreamApp', { kind: 'settled' }, 20)
    measures.passed('StreamApp', { kind: 'settled', againAfterMs: 2_000 }, 20)
    measures.passed('StreamApp', { kind: 'retry', notBeforeMs: 0 }, 20)
    measures.passed('StreamApp', 'thrown', 3_000)

    const passes = (await lines()).filter((line) => /^(controller_runtime|workqueue)/.test(line))
    for (const result of ['success', 'requeue_after', 'requeue', 'error'])
      assert.ok(passes.includes(`controller_runtime_reconcile_total{controller="StreamApp",result="${result}"} 1`))
    assert.ok(passes.includes('controller_runtime_reconcile_errors_total{controller="StreamApp"} 1'))
    assert.ok(passes.includes('workqueue_retries_total{name="weirkeeper"} 1'))
    assert.ok(passes.includes('controller_runtime_reconcile_time_seconds_bucket{controller="StreamApp",le="0.025"} 3'))
    assert.ok(passes.includes('controller_runtime_reconcile_time_seconds_sum{controller="StreamApp"} 3.06'))
  })

  it('count calls by host and answer, and changes by kind', async (t) => {
    const { measures, lines } = opened(t)
    measures.sent({ host: 'api.heroku.com', method: 'GET', status: 200 })
    measures.sent({ host: 'api.heroku.com', method: 'GET', status: undefined })
    measures.changed('scale')

    const told = await lines()
    assert.ok(told.includes('rest_client_requests_total{host="api.heroku.com",method="GET",code="200"} 1'))
    assert.ok(told.includes('rest_client_requests_total{host="api.heroku.com",method="GET",code="<error>"} 1'))
    assert.ok(told.includes('weirkeeper_changes_total{kind="scale"} 1'))
  })

  it('tell what is so at the moment, and zero for a queue whose term is over', async (t) => {
    const { measures, lines } = opened(t)
    let depth = 3
    measures.budget(() => 4_321)
    measures.isLeader(() => depth > 0)
    const end = measures.watchQueue({ depth: () => depth, size: () => 5, underWay: () => 2, workers: 8 })
    const told = await lines()
    for (const line of [
      'leader_election_master_status{name="controller"} 1',
      'weirkeeper_request_budget_tokens 4321',
      'workqueue_depth{name="weirkeeper"} 3',
      'weirkeeper_queue_size{name="weirkeeper"} 5',
      'controller_runtime_active_workers{name="weirkeeper"} 2',
      'controller_runtime_max_concurrent_reconciles{name="weirkeeper"} 8',
    ])
      assert.ok(told.includes(line), `${line} is not in\n${told.join('\n')}`)
    depth = 0
    end()
    const later = await lines()
    assert.ok(later.includes('leader_election_master_status{name="controller"} 0'))
    assert.ok(later.includes('workqueue_depth{name="weirkeeper"} 0'))
    assert.ok(later.includes('controller_runtime_max_concurrent_reconciles{name="weirkeeper"} 0'))
  })
})

function opened(t: TestContext): { readonly measures: Measures; readonly lines: () => Promise<readonly string[]> } {
  const telemetry = openTelemetry('weirkeeper-test', {})
  t.after(() => telemetry.close())
  const lines = async () => (await telemetry.prometheus()).split('\n').filter((line) => !line.startsWith('#'))
  return { measures: openMeasures(telemetry.meter), lines }
}
