import type { MetricKind, RecordingLevel } from './metric.ts'

/** A family: metrics of one group, with one set of tags. */
interface Family {
  readonly group: string
  readonly tags: readonly string[]
  readonly metrics: readonly (readonly [name: string, about: string, level?: RecordingLevel])[]
}

const step = (name: string, about: string, each: string): Family['metrics'] => [
  [`${name}-rate`, `${about} per second`],
  [`${name}-total`, `${about} since the thread started`],
  [`${name}-latency-avg`, `milliseconds per ${each}, on average`],
  [`${name}-latency-max`, `milliseconds per ${each}, at most`],
  [`${name}-ratio`, `share of the thread's time`],
]

const debugLatency = (call: string): Family['metrics'] => [
  [`${call}-rate`, `calls of ${call} per second`, 'DEBUG'],
  [`${call}-latency-avg`, `milliseconds per ${call}, on average`, 'DEBUG'],
  [`${call}-latency-max`, `milliseconds per ${call}, at most`, 'DEBUG'],
]

/** Calls of stores that are measured at recording level DEBUG. */
export const storeCalls = ['get', 'put', 'fetch', 'delete', 'all', 'range'] as const

const families: readonly Family[] = [
  {
    group: 'stream-metrics',
    tags: ['client-id'],
    metrics: [
      ['version', "this package's version (text)"],
      ['commit-id', 'its commit, `unknown` where it was not installed from a registry (text)'],
      ['application-id', '`application.id`, prefix included (text)'],
      ['topology-description', 'what `weir worker FILE --describe` prints (text)'],
      ['state', 'the state of the worker, by name (text)'],
      ['alive-stream-threads', 'stream threads that run'],
      ['failed-stream-threads', 'stream threads that died since the worker started'],
    ],
  },
  {
    group: 'stream-metrics',
    tags: ['client-id', 'process-id'],
    metrics: [['recording-level', '0 INFO, 1 DEBUG, 2 TRACE']],
  },
  {
    group: 'stream-metrics',
    tags: ['client-id', 'process-id', 'application-id'],
    metrics: [
      [
        'client-state',
        '0 CREATED, 1 REBALANCING, 2 RUNNING, 3 PENDING_SHUTDOWN, 4 NOT_RUNNING, 5 PENDING_ERROR, 6 ERROR',
      ],
    ],
  },
  {
    group: 'stream-thread-metrics',
    tags: ['thread-id', 'process-id'],
    metrics: [
      [
        'thread-state',
        '0 CREATED, 1 STARTING, 2 PARTITIONS_REVOKED, 3 PARTITIONS_ASSIGNED, 4 RUNNING, 5 PENDING_SHUTDOWN, 6 DEAD',
      ],
    ],
  },
  {
    group: 'stream-thread-metrics',
    tags: ['thread-id'],
    metrics: [
      ...step('commit', 'commits', 'commit'),
      ...step('poll', 'polls', 'poll'),
      ...step('process', 'records processed', 'record'),
      ...step('punctuate', 'punctuators fired', 'punctuator'),
      ['poll-records-avg', 'records a poll brought, on average'],
      ['poll-records-max', 'records a poll brought, at most'],
      ['process-records-avg', 'records processed in a turn, on average'],
      ['process-records-max', 'records processed in a turn, at most'],
      ['task-created-rate', 'tasks opened per second, standbys included'],
      ['task-created-total', 'tasks opened, standbys included'],
      ['task-closed-rate', 'tasks closed per second'],
      ['task-closed-total', 'tasks closed'],
      ['state', 'the state of the thread, by name (text)'],
      ['blocked-time-ns-total', 'nanoseconds spent waiting for Kafka, in whole milliseconds'],
      ['thread-start-time', 'when the thread started, milliseconds since the epoch'],
    ],
  },
  {
    group: 'stream-task-metrics',
    tags: ['thread-id', 'task-id'],
    metrics: [
      ['active-process-ratio', "the task's share of the thread's processing"],
      ['dropped-records-rate', 'records skipped per second'],
      ['dropped-records-total', 'records skipped since the task was opened'],
      ['restore-remaining-records-total', 'records to read before a task that restores can run'],
      ['process-rate', 'records processed per second', 'DEBUG'],
      ['process-total', 'records processed since the task was opened', 'DEBUG'],
      ['process-latency-avg', 'milliseconds per record, on average', 'DEBUG'],
      ['process-latency-max', 'milliseconds per record, at most', 'DEBUG'],
      ['punctuate-rate', 'punctuators fired per second', 'DEBUG'],
      ['punctuate-total', 'punctuators fired since the task was opened', 'DEBUG'],
      ['punctuate-latency-avg', 'milliseconds per punctuator, on average', 'DEBUG'],
      ['punctuate-latency-max', 'milliseconds per punctuator, at most', 'DEBUG'],
      ['active-buffer-count', 'records polled and not yet processed', 'DEBUG'],
      ['cache-size-bytes-total', 'bytes its record cache holds', 'DEBUG'],
      ['restore-rate', 'changelog records restored per second, of an active task', 'DEBUG'],
      ['restore-total', 'changelog records restored since the task was opened', 'DEBUG'],
      ['update-rate', 'changelog records followed per second, of a standby', 'DEBUG'],
      ['update-total', 'changelog records followed since the standby was opened', 'DEBUG'],
      ['record-lateness-avg', 'milliseconds behind stream time, on average since the task was opened', 'DEBUG'],
      ['record-lateness-max', 'milliseconds behind stream time, at most since the task was opened', 'DEBUG'],
    ],
  },
  {
    group: 'stream-processor-node-metrics',
    tags: ['thread-id', 'task-id', 'processor-node-id'],
    metrics: [
      [
        'record-e2e-latency-avg',
        'milliseconds from the time of a record to when a source took it or a last node was done, on average',
      ],
      ['record-e2e-latency-min', 'the same, at least'],
      ['record-e2e-latency-max', 'the same, at most'],
    ],
  },
  {
    group: 'stream-topic-metrics',
    tags: ['thread-id', 'task-id', 'processor-node-id', 'topic'],
    metrics: [
      ['records-consumed-total', 'records a source took'],
      ['bytes-consumed-total', 'their bytes: key, value, headers, topic and 20'],
      ['records-produced-total', 'records a sink sent'],
      ['bytes-produced-total', 'their bytes: key, value, headers, topic and 20'],
    ],
  },
  {
    group: 'stream-state-updater-metrics',
    tags: ['thread-id'],
    metrics: [
      ['active-restoring-tasks', 'active tasks whose stores are restored'],
      ['standby-updating-tasks', 'standbys that follow their changelogs'],
      ['active-restore-ratio', "share of the thread's time that went into restoring active tasks, waiting included"],
      ['standby-update-ratio', "share of the thread's time that went into following with standbys, waiting included"],
      ['restore-records-rate', 'records per second that went from changelogs into stores, of both'],
      ['restore-call-rate', 'reads of changelogs per second, of both'],
    ],
  },
  {
    group: 'stream-state-metrics',
    tags: ['thread-id', 'task-id', '[store-scope]-id'],
    metrics: [
      ...storeCalls.flatMap(debugLatency),
      ['record-e2e-latency-avg', 'milliseconds from the time of a record to when it was put, on average', 'TRACE'],
      ['record-e2e-latency-min', 'the same, at least', 'TRACE'],
      ['record-e2e-latency-max', 'the same, at most', 'TRACE'],
    ],
  },
  {
    group: 'weir-thread-metrics',
    tags: ['thread-id'],
    metrics: [
      ['paused', '1 while the worker is paused'],
      ['pending-offsets', 'partitions whose task waits, since a transaction holds their committed offset'],
      ['pending-offsets-max-ms', 'milliseconds since the first of them was seen to wait'],
    ],
  },
  {
    group: 'weir-task-metrics',
    tags: ['thread-id', 'task-id', 'role'],
    metrics: [
      ['assigned', '1 for each task the thread holds, by role: active or standby'],
      ['remaining-records', 'records its stores lack, as of when the task was opened'],
    ],
  },
  {
    group: 'weir-await-metrics',
    tags: ['thread-id', 'task-id'],
    metrics: [
      ['calls-in-flight', 'calls of operators that await, in tasks that have some'],
      ['records-waiting', 'records whose call has not begun, or whose result waits behind another'],
    ],
  },
]

/** Every metric there is. */
export const catalogue: readonly MetricKind[] = families.flatMap(({ group, tags, metrics }) =>
  metrics.map(([name, about, level = 'INFO']) => ({ group, name, tags, level, about })),
)
