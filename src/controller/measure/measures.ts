import type { Meter } from '@opentelemetry/api'
import type { SentCall } from '../../heroku/http-client.ts'
import type { Change } from '../plan/change.ts'
import type { Verdict } from '../keep/work.ts'

/** What can be asked at any time, and is asked whenever somebody reads the metrics. */
interface Gauges {
  readonly depth: () => number
  readonly size: () => number
  readonly underWay: () => number
  readonly workers: number
}

/** What the controller counts of itself. Recording costs some additions, and nothing where nobody reads. */
export interface Measures {
  readonly passed: (kind: string, outcome: Verdict | 'thrown', tookMs: number) => void
  readonly queued: (priority: string) => void
  readonly sent: (call: SentCall) => void
  readonly changed: (change: Change['kind']) => void
  readonly isLeader: (leads: () => boolean) => void
  readonly budget: (left: () => number) => void
  /** Watches a queue until the returned function is called. */
  readonly watchQueue: (gauges: Gauges) => () => void
}

/** controller-runtime's buckets, in seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const queueName = { name: 'weirkeeper' }

/** Instruments under the names that controller-runtime and client-go gave them, and three of our own. */
export function openMeasures(meter: Meter): Measures {
  const { passes, failed, tookSeconds, adds, retries, requests, changes } = counters(meter)
  const { leader, tokens } = ownGauges(meter)
  return {
    passed: (controller, outcome, tookMs) => {
      const result = resultOf(outcome)
      passes.add(1, { controller, result })
      tookSeconds.record(tookMs / 1000, { controller })
      if (result === 'error') failed.add(1, { controller })
      if (result === 'requeue') retries.add(1, queueName)
    },
    queued: (priority) => adds.add(1, { ...queueName, priority }),
    sent: ({ host, method, status }) => requests.add(1, { host, method, code: String(status ?? '<error>') }),
    changed: (kind) => changes.add(1, { kind }),
    isLeader: (leads) => leader.addCallback((result) => result.observe(leads() ? 1 : 0, { name: 'controller' })),
    budget: (left) => tokens.addCallback((result) => result.observe(left())),
    watchQueue: queueWatch(meter),
  }
}

/** How a pass ended, in controller-runtime's words. */
function resultOf(outcome: Verdict | 'thrown'): 'success' | 'requeue_after' | 'requeue' | 'error' {
  if (outcome === 'thrown') return 'error'
  if (outcome.kind === 'retry') return 'requeue'
  return outcome.kind === 'settled' && outcome.againAfterMs !== undefined ? 'requeue_after' : 'success'
}

function counters(meter: Meter) {
  return {
    passes: meter.createCounter('controller_runtime_reconcile_total', {
      description: 'Passes over objects, by result.',
    }),
    failed: meter.createCounter('controller_runtime_reconcile_errors_total', { description: 'Passes that threw.' }),
    tookSeconds: meter.createHistogram('controller_runtime_reconcile_time_seconds', {
      description: 'How long passes took.',
      advice: { explicitBucketBoundaries: boundaries },
    }),
    adds: meter.createCounter('workqueue_adds_total', { description: 'Looks asked for, by why.' }),
    retries: meter.createCounter('workqueue_retries_total', { description: 'Looks to be repeated later.' }),
    requests: meter.createCounter('rest_client_requests_total', { description: 'Calls to Heroku, by answer.' }),
    changes: meter.createCounter('weirkeeper_changes_total', { description: 'Changes carried out, by kind.' }),
  }
}

function ownGauges(meter: Meter) {
  return {
    leader: meter.createObservableGauge('leader_election_master_status', {
      description: '1 while this process leads.',
    }),
    tokens: meter.createObservableGauge('weirkeeper_request_budget_tokens', {
      description: 'Calls left of the account’s 4,500.',
    }),
  }
}

/** The gauges outlive the queue of a term, and are then zero: an instrument that falls silent shows its last value for good. */
function queueWatch(meter: Meter): Measures['watchQueue'] {
  let watched: Gauges | undefined
  const gauges = [
    ['workqueue_depth', 'Looks that are due and wait for a worker.', (queue: Gauges) => queue.depth()],
    ['weirkeeper_queue_size', 'Looks that are due, delayed or under way.', (queue: Gauges) => queue.size()],
    ['controller_runtime_active_workers', 'Passes under way.', (queue: Gauges) => queue.underWay()],
    ['controller_runtime_max_concurrent_reconciles', 'Passes at a time.', (queue: Gauges) => queue.workers],
  ] as const
  for (const [name, description, read] of gauges) {
    meter
      .createObservableGauge(name, { description })
      .addCallback((result) => result.observe(watched === undefined ? 0 : read(watched), queueName))
  }
  return (queue) => {
    watched = queue
    return () => {
      if (watched === queue) watched = undefined
    }
  }
}
