import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readOtlpVars } from '../../../src/runtime/config-otlp.ts'
import { CertificateAuthority } from '../../../src/host/certificate-authority.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import type { MetricValue } from '../../../src/runtime/metrics/metric.ts'
import { OtlpBody } from '../../../src/runtime/metrics/otlp.ts'
import { startPushing } from '../../../src/runtime/metrics/push-metrics.ts'
import { openCollector, openTlsCollector } from '../../support/otlp-collector.ts'
import { until } from '../../support/until.ts'

const authorityOf = (name: string) => CertificateAuthority.create(name, Date.now())

const group = 'stream-task-metrics'
const dropped = (task: string, value: number): MetricValue => ({
  group,
  name: 'dropped-records-total',
  tags: { 'task-id': task },
  value,
})

function pushTo(endpoint: string, env: Readonly<Record<string, string>>) {
  const vars = readOtlpVars({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env }, [])
  assert.ok(vars !== undefined)
  const log: string[] = []
  const say = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`)
  const pushing = startPushing(vars, {
    values: () => [dropped('0_0', 3)],
    resource: { 'service.name': 'wc' },
    version: '1',
    clock: systemClock,
    log: { info: say, warn: say, error: say },
  })
  return { log, pushing }
}

describe('metrics that are pushed', () => {
  for (const compression of ['none', 'gzip'])
    it(`arrive with the headers asked for, once more when the worker ends (compression ${compression})`, async () => {
      await using collector = await openCollector()
      const { pushing } = pushTo(collector.endpoint, {
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
        OTEL_EXPORTER_OTLP_COMPRESSION: compression,
        OTEL_METRIC_EXPORT_INTERVAL: '600000',
      })
      await pushing.close()
      const [only, ...more] = collector.received
      assert.deepEqual([only?.path, only?.headers['api-key'], more], ['/v1/metrics', 'secret', []])
      assert.match(only?.body ?? '', /kafka_streams_stream_task_metrics_dropped_records_total/)
    })

  it('are told of once when they cannot be pushed, and when they can again; nothing of it ends the worker', async () => {
    await using collector = await openCollector(503, 401)
    const { log, pushing } = pushTo(collector.endpoint, { OTEL_METRIC_EXPORT_INTERVAL: '1' })
    await until(() => collector.received.length > 3, 'four pushes')
    await pushing.close()
    const to = new URL(collector.endpoint).host
    assert.deepEqual(log, [
      `metrics could not be pushed ${JSON.stringify({ to, reason: 'it answered 503' })}`,
      `metrics are pushed again ${JSON.stringify({ to })}`,
    ])
  })

  it('arrive over TLS where who signed the certificate is trusted, named by a file or as text', async () => {
    const authority = await authorityOf('collectors')
    const pair = await authority.issue({ commonName: 'collector', hosts: ['127.0.0.1'] }, Date.now())
    await using collector = await openTlsCollector(pair)
    const folder = mkdtempSync(join(tmpdir(), 'weirkeeper-otlp-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, authority.pair.certificate)
    for (const trusted of [authority.pair.certificate, file]) {
      const env = { OTEL_METRIC_EXPORT_INTERVAL: '600000', OTEL_EXPORTER_OTLP_CERTIFICATE: trusted }
      const { log, pushing } = pushTo(collector.endpoint, env)
      await pushing.close()
      assert.deepEqual(log, [])
    }
    rmSync(folder, { recursive: true })
    assert.equal(collector.received.length, 2)
  })

  it('do not go to somebody whose certificate nobody known has signed, or is of another host: it says what to do', async () => {
    const [ours, theirs] = [await authorityOf('ours'), await authorityOf('theirs')]
    const named = await ours.issue({ commonName: 'collector', hosts: ['elsewhere.test'] }, Date.now())
    const cases = [
      [
        await theirs.issue({ commonName: 'collector', hosts: ['127.0.0.1'] }, Date.now()),
        undefined,
        /nobody we trust has signed/,
      ],
      [
        await theirs.issue({ commonName: 'collector', hosts: ['127.0.0.1'] }, Date.now()),
        ours.pair.certificate,
        /set OTEL_EXPORTER_OTLP_CERTIFICATE/,
      ],
      [named, ours.pair.certificate, /IP: 127\.0\.0\.1 is not in the cert's list/],
      [named, '/no/such/file', /names \/no\/such\/file, which cannot be read/],
    ] as const
    for (const [pair, trusted, reason] of cases) {
      await using collector = await openTlsCollector(pair)
      const certificate = trusted === undefined ? {} : { OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: trusted }
      const { log, pushing } = pushTo(collector.endpoint, { OTEL_METRIC_EXPORT_INTERVAL: '600000', ...certificate })
      await pushing.close()
      assert.match(log.join(), reason)
      assert.deepEqual(collector.received, [])
    }
  })

  it('wait for nobody: a collector that is away or silent is told of', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    assert.ok(typeof address === 'object' && address !== null)
    const env = { OTEL_METRIC_EXPORT_INTERVAL: '600000', OTEL_EXPORTER_OTLP_TIMEOUT: '20' }
    const one = pushTo(`http://127.0.0.1:${address.port}`, env)
    await one.pushing.close()
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
    assert.match(one.log.join(), /no answer within 20 ms/)
    const other = pushTo(`http://127.0.0.1:${address.port}`, env)
    await other.pushing.close()
    assert.match(other.log.join(), /ECONNREFUSED/)
  })
})

describe('a push', () => {
  const body = () => new OtlpBody({ 'service.name': 'wc', 'service.instance.id': 'worker.1' }, '1.2.3', 5)
  const metricsOf = (made: object) => Object(made).resourceMetrics[0].scopeMetrics[0].metrics

  it('says who sends it, and each metric with its tags as attributes', () => {
    const made = body().of([{ group, name: 'active-process-ratio', tags: { 'task-id': '0_1' }, value: 0.5 }], 7)
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    assert.deepEqual(made, {
      resourceMetrics: [
        {
          resource: { attributes: [text('service.name', 'wc'), text('service.instance.id', 'worker.1')] },
          scopeMetrics: [
            {
              scope: { name: 'weirkeeper', version: '1.2.3' },
              metrics: [
                {
                  name: 'kafka_streams_stream_task_metrics_active_process_ratio',
                  gauge: {
                    dataPoints: [{ attributes: [text('task_id', '0_1')], timeUnixNano: '7000000', asDouble: 0.5 }],
                  },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('leaves out what has no value and the long description; another text is an attribute of a constant 1', () => {
    const client = { group: 'stream-metrics', tags: {} }
    const made = body().of(
      [
        { ...client, name: 'topology-description', value: 'Topologies:' },
        { ...client, name: 'commit-latency-avg', value: Number.NaN },
        { ...client, name: 'state', value: 'RUNNING' },
      ],
      1,
    )
    const [state, ...others] = metricsOf(made)
    assert.deepEqual(others, [])
    assert.deepEqual(state.gauge.dataPoints[0], {
      attributes: [{ key: 'state', value: { stringValue: 'RUNNING' } }],
      timeUnixNano: '1000000',
      asDouble: 1,
    })
  })

  it('counts since the push before the first of a task, and anew when the task came back and counts from zero', () => {
    const pushes = body()
    const starts = (values: readonly MetricValue[], nowMs: number) =>
      metricsOf(pushes.of(values, nowMs))[0].sum.dataPoints.map((each: { startTimeUnixNano: string }) =>
        Number(each.startTimeUnixNano.slice(0, -6)),
      )
    assert.deepEqual(starts([dropped('0_0', 3), dropped('0_1', 3)], 10), [5, 5])
    assert.deepEqual(starts([dropped('0_0', 4), dropped('0_1', 1)], 20), [5, 10])
    assert.deepEqual(starts([dropped('0_1', 2)], 30), [10])
    assert.deepEqual(starts([dropped('0_0', 9), dropped('0_1', 2)], 40), [30, 10])
    assert.equal(metricsOf(pushes.of([dropped('0_0', 9)], 50))[0].sum.isMonotonic, true)
  })
})
