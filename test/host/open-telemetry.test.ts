import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openTelemetry } from '../../src/host/open-telemetry.ts'
import { openCollector } from '../support/otlp-collector.ts'

it('pushes what was counted over OTLP, at the latest when it closes', async (t) => {
  await using collector = await openCollector()
  // The exporter reads its settings from the environment by itself.
  const before = process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.endpoint
  t.after(() => {
    if (before === undefined) delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
    else process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = before
  })
  const telemetry = openTelemetry('weirkeeper-test', process.env)
  telemetry.meter.createCounter('weirkeeper_changes_total').add(7)
  await telemetry.close()

  const [only, ...more] = collector.received
  assert.deepEqual([only?.path, more], ['/v1/metrics', []])
  assert.match(only?.body ?? '', /weirkeeper-test.*weirkeeper_changes_total.*"asDouble":7\b/)
})
