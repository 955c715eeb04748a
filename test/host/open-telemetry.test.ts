import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { it } from 'node:test'
import { openTelemetry } from '../../src/host/open-telemetry.ts'

it('pushes what was counted over OTLP, at the latest when it closes', async (t) => {
  const bodies: string[] = []
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(`${request.url} ${Buffer.concat(chunks).toString()}`)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.after(() => void collector.close())
  const address = collector.address()
  assert.ok(typeof address === 'object' && address !== null)

  // The exporter reads its settings from the environment by itself.
  const before = process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${address.port}`
  t.after(() => {
    if (before === undefined) delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
    else process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = before
  })
  const telemetry = openTelemetry('weirkeeper-test', process.env)
  telemetry.meter.createCounter('weirkeeper_changes_total').add(7)
  await telemetry.close()

  assert.equal(bodies.length, 1)
  assert.match(bodies[0] ?? '', /^\/v1\/metrics .*weirkeeper-test.*weirkeeper_changes_total.*"asDouble":7\b/)
})
