import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metricsLine } from '../../../src/runtime/metrics/metrics-line.ts'
import { renderPrometheus } from '../../../src/runtime/metrics/prometheus.ts'

const values = [
  { group: 'stream-thread-metrics', name: 'process-rate', tags: { 'thread-id': 'a-1' }, value: 2.5 },
  { group: 'stream-thread-metrics', name: 'process-total', tags: { 'thread-id': 'a-1' }, value: 7 },
  { group: 'stream-thread-metrics', name: 'process-total', tags: { 'thread-id': 'a-2' }, value: 8 },
  { group: 'stream-thread-metrics', name: 'poll-latency-avg', tags: { 'thread-id': 'a-1' }, value: Number.NaN },
  { group: 'stream-metrics', name: 'topology-description', tags: { 'client-id': 'a' }, value: 'Sub "0"\n \\ ' },
]

describe('metrics', () => {
  it('read as Prometheus text, named as the JMX exporter names Kafka’s own', () => {
    assert.equal(
      renderPrometheus(values),
      [
        '# TYPE kafka_streams_stream_metrics_topology_description gauge',
        String.raw`kafka_streams_stream_metrics_topology_description{client_id="a",topology_description="Sub \"0\"\n \\ "} 1`,
        '# TYPE kafka_streams_stream_thread_metrics_poll_latency_avg gauge',
        'kafka_streams_stream_thread_metrics_poll_latency_avg{thread_id="a-1"} NaN',
        '# TYPE kafka_streams_stream_thread_metrics_process_rate gauge',
        'kafka_streams_stream_thread_metrics_process_rate{thread_id="a-1"} 2.5',
        '# TYPE kafka_streams_stream_thread_metrics_process_total counter',
        'kafka_streams_stream_thread_metrics_process_total{thread_id="a-1"} 7',
        'kafka_streams_stream_thread_metrics_process_total{thread_id="a-2"} 8',
        '',
      ].join('\n'),
    )
  })

  it('fit in one log line: by group and tags, without what has no value yet', () => {
    assert.deepEqual(metricsLine(values), {
      'stream-thread-metrics': [
        { 'thread-id': 'a-1', 'process-rate': 2.5, 'process-total': 7 },
        { 'thread-id': 'a-2', 'process-total': 8 },
      ],
    })
  })
})
