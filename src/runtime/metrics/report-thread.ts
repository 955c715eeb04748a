import { remainingOf } from '../restore/restoration.ts'
import type { ActiveTask } from '../thread/active-task.ts'
import type { StandbyTask } from '../thread/standby-task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'
import type { Meter } from './meter.ts'
import type { MetricValue, RecordingLevel } from './metric.ts'
import type { StoreMeters } from './measure-stores.ts'
import { threadStates, type TaskReport, type ThreadReport, type ThreadState } from './thread-report.ts'
import type { SpreadReading } from './spread.ts'
import type { TopicCount } from './topic-count.ts'

type World = Pick<
  ThreadWorld,
  | 'number'
  | 'processId'
  | 'config'
  | 'tasks'
  | 'standbys'
  | 'waiting'
  | 'membership'
  | 'metrics'
  | 'isPaused'
  | 'pending'
>

/** Everything a thread has to say of itself at this moment. Reads; only the windows of meters turn. */
export function reportThread(
  world: World,
  nowMs: number,
  { level, stores }: { readonly level: RecordingLevel; readonly stores: StoreMeters },
): Omit<ThreadReport, 'assignment'> {
  const { number, processId, config, tasks, standbys } = world
  const thread = { 'thread-id': `${config.clientId}-StreamThread-${number}` }
  const state = stateOf(world)
  const reports = [...[...tasks.values()].map(ofActive), ...[...standbys.values()].map(ofStandby)]
  const values = [
    ...threadValues(world, thread, nowMs),
    value('stream-thread-metrics', 'thread-state', { ...thread, 'process-id': processId }, threadStates.indexOf(state)),
    { group: 'stream-thread-metrics', name: 'state', tags: thread, value: state },
    value('weir-thread-metrics', 'paused', thread, world.isPaused ? 1 : 0),
    value('weir-thread-metrics', 'pending-offsets', thread, world.pending.size),
    value('weir-thread-metrics', 'pending-offsets-max-ms', thread, world.pending.longestMs(nowMs)),
    ...updaterValues(world, thread, nowMs),
    ...[...tasks.values()].flatMap((active) => taskValues(world, active, { thread, nowMs, level })),
    ...(level !== 'INFO'
      ? [...standbys.values()].flatMap((standby) => updateValues(world, standby, thread, nowMs))
      : []),
    ...reports.flatMap((report) => roleValues(report, thread)),
    ...(level !== 'INFO' ? stores.values(thread) : []),
  ]
  return { thread: number, processId, state, metrics: values, tasks: reports }
}

type Tags = Readonly<Record<string, string>>

function value(group: string, name: string, tags: Tags, number: number): MetricValue {
  return { group, name, tags, value: number }
}

function stateOf({ membership, waiting, tasks }: World): ThreadState {
  if (membership === undefined) return 'STARTING'
  const isWhole = waiting.length === 0 && [...tasks.values()].every(({ isReady }) => isReady)
  return isWhole ? 'RUNNING' : 'PARTITIONS_ASSIGNED'
}

function threadValues({ metrics }: World, tags: Tags, nowMs: number): readonly MetricValue[] {
  const group = 'stream-thread-metrics'
  const of = (name: string, number: number) => value(group, name, tags, number)
  const step = (name: string, meter: Meter) => {
    const { rate, total, avg, max, ratio } = meter.read(nowMs)
    const latencies = [of(`${name}-latency-avg`, avg), of(`${name}-latency-max`, max)]
    return [of(`${name}-rate`, rate), of(`${name}-total`, total), ...latencies, of(`${name}-ratio`, ratio)]
  }
  const spread = (name: string, meter: Meter) => {
    const { avg, max } = meter.read(nowMs)
    return [of(`${name}-avg`, avg), of(`${name}-max`, max)]
  }
  const count = (name: string, meter: Meter) => {
    const { rate, total } = meter.read(nowMs)
    return [of(`${name}-rate`, rate), of(`${name}-total`, total)]
  }
  return [
    ...step('commit', metrics.commit),
    ...step('poll', metrics.poll),
    ...step('process', metrics.process),
    ...step('punctuate', metrics.punctuate),
    ...spread('poll-records', metrics.pollRecords),
    ...spread('process-records', metrics.processRecords),
    ...count('task-created', metrics.created),
    ...count('task-closed', metrics.closed),
    of('blocked-time-ns-total', metrics.blockedMs * 1_000_000),
    of('thread-start-time', metrics.startedMs),
  ]
}

function updaterValues({ tasks, standbys, metrics }: World, tags: Tags, nowMs: number): readonly MetricValue[] {
  const group = 'stream-state-updater-metrics'
  const restoring = [...tasks.values()].filter(({ isRestoring }) => isRestoring).length
  const [restore, update] = [metrics.restore.read(nowMs), metrics.update.read(nowMs)]
  return [
    value(group, 'active-restoring-tasks', tags, restoring),
    value(group, 'standby-updating-tasks', tags, standbys.size),
    value(group, 'active-restore-ratio', tags, restore.ratio),
    value(group, 'standby-update-ratio', tags, update.ratio),
    value(group, 'restore-records-rate', tags, metrics.restoredRecords.read(nowMs).rate),
    value(group, 'restore-call-rate', tags, restore.rate + update.rate),
  ]
}

/** Of a standby; an active task says the same of its restore. */
function updateValues({ metrics }: World, { name, task }: StandbyTask, thread: Tags, nowMs: number) {
  const tags = { ...thread, 'task-id': name }
  const { rate, total } = metrics.of(task, nowMs).restored.read(nowMs)
  return [
    value('stream-task-metrics', 'update-rate', tags, rate),
    value('stream-task-metrics', 'update-total', tags, total),
  ]
}

function taskValues(
  { metrics, tasks }: World,
  active: ActiveTask,
  { thread, nowMs, level }: { readonly thread: Tags; readonly nowMs: number; readonly level: RecordingLevel },
): readonly MetricValue[] {
  const tags = { ...thread, 'task-id': active.name }
  const of = (name: string, number: number) => value('stream-task-metrics', name, tags, number)
  const { counts } = active.task
  const meters = metrics.of(active.task, nowMs)
  meters.dropped.advanceTo(counts.droppedRecords)
  const [dropped, process] = [meters.dropped.read(nowMs), meters.process.read(nowMs)]
  const punctuate = meters.punctuate.read(nowMs)
  const restored = meters.restored.read(nowMs)
  const all = [...tasks.values()].map(({ task }) => metrics.of(task, nowMs).process.read(nowMs).ratio)
  const together = all.reduce((sum, each) => sum + each, 0)
  const { records, sumMs, maxMs } = counts.lateness
  const debug = [
    of('process-rate', process.rate),
    of('process-total', process.total),
    of('process-latency-avg', process.avg),
    of('process-latency-max', process.max),
    of('punctuate-rate', punctuate.rate),
    of('punctuate-total', punctuate.total),
    of('punctuate-latency-avg', punctuate.avg),
    of('punctuate-latency-max', punctuate.max),
    of('active-buffer-count', active.buffered()),
    of('cache-size-bytes-total', counts.cacheBytes),
    of('restore-rate', restored.rate),
    of('restore-total', restored.total),
    of('record-lateness-avg', records > 0 ? sumMs / records : Number.NaN),
    of('record-lateness-max', records > 0 ? maxMs : Number.NaN),
  ]
  return [
    of('active-process-ratio', together > 0 ? process.ratio / together : 0),
    of('dropped-records-rate', dropped.rate),
    of('dropped-records-total', dropped.total),
    of('restore-remaining-records-total', remainingOf(active.restorations.values())),
    ...(level !== 'INFO' ? debug : []),
    ...awaitValues(active, tags),
    ...[...counts.latencies].flatMap(([node, latency]) => latencyValues(node, latency.read(nowMs), tags)),
    ...counts.consumed.flatMap((count) => topicValues('consumed', count, tags)),
    ...counts.produced.flatMap((count) => topicValues('produced', count, tags)),
  ]
}

function awaitValues({ task: { awaits } }: ActiveTask, tags: Tags): readonly MetricValue[] {
  if (awaits === undefined) return []
  return [
    value('weir-await-metrics', 'calls-in-flight', tags, awaits.inFlight),
    value('weir-await-metrics', 'records-waiting', tags, awaits.waiting),
  ]
}

function latencyValues(node: string, { avg, min, max }: SpreadReading, task: Tags): readonly MetricValue[] {
  const tags = { ...task, 'processor-node-id': node }
  const of = (name: string, number: number) => value('stream-processor-node-metrics', name, tags, number)
  return [of('record-e2e-latency-avg', avg), of('record-e2e-latency-min', min), of('record-e2e-latency-max', max)]
}

function topicValues(way: 'consumed' | 'produced', count: TopicCount, task: Tags): readonly MetricValue[] {
  const tags = { ...task, 'processor-node-id': count.node, topic: count.topic }
  return [
    value('stream-topic-metrics', `records-${way}-total`, tags, count.records),
    value('stream-topic-metrics', `bytes-${way}-total`, tags, count.bytes),
  ]
}

function roleValues({ task, role, remaining }: TaskReport, thread: Tags): readonly MetricValue[] {
  const tags = { ...thread, 'task-id': task, role }
  return [
    value('weir-task-metrics', 'assigned', tags, 1),
    value('weir-task-metrics', 'remaining-records', tags, remaining),
  ]
}

function ofActive(active: ActiveTask): TaskReport {
  const { name, isReady, task } = active
  const remaining = remainingOf(active.restorations.values())
  return { task: name, role: 'active', isReady, remaining, stores: [...task.stores.keys()] }
}

function ofStandby({ name, followings, task }: StandbyTask): TaskReport {
  const remaining = remainingOf(followings.values())
  return { task: name, role: 'standby', isReady: true, remaining, stores: [...task.stores.keys()] }
}
