import { readFileSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import type { OpenServer } from '../../host/open-server.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import { findTasks } from '../assign/assign-members.ts'
import type { WorkerConfig } from '../config.ts'
import type { Topology } from '../graph/topology.ts'
import { metricsLine } from '../metrics/metrics-line.ts'
import type { PushedFrom, Pushing } from '../metrics/push-metrics.ts'
import { WorkerBoard } from '../metrics/worker-board.ts'
import type { CrewListener } from '../thread/run-thread.ts'
import type { ThreadLog } from '../thread/thread-world.ts'
import { ThreadLines } from './ask-threads.ts'
import { PauseSwitch } from './pause-switch.ts'
import type { Served } from './answer-request.ts'
import { serveRequests } from './serve-requests.ts'
import { planStores } from './store-plan.ts'

/** Hears what threads report, serves it where a port is asked for, and writes it where lines are. */
export interface Watch extends CrewListener {
  /** What threads are to know beside the config vars: the port, where any free one was taken. */
  readonly env: Readonly<Record<string, string>>
  stopping(): void
  close(): Promise<void>
}

interface Around {
  readonly client: StreamClient
  readonly log: ThreadLog
  readonly clock: Clock
}

export async function openWatch(
  topology: Topology,
  config: WorkerConfig,
  { client, log, clock }: Around,
): Promise<Watch> {
  const { metricsPort, metricsLogSeconds, applicationId, clientId } = config
  const { version, commitId } = packageFacts()
  const board = new WorkerBoard({
    clientId,
    applicationId,
    version,
    commitId,
    recordingLevel: config.recordingLevel,
    topology: topology.describe(),
  })
  const lines = new ThreadLines(clock)
  const wire = { applicationId, topicPrefix: config.kafka.prefix }
  const tasks = await findTasks(topology, wire, client)
  const stores = planStores(topology, wire, tasks.ok ? tasks.value : [])
  const pausing = new PauseSwitch(lines)
  const served = { dyno: config.processName, board, lines, stores, pausing }
  const server =
    metricsPort === undefined ? undefined : await serveRequests(served, { host: config.metricsHost, port: metricsPort })
  if (server !== undefined) log.info({ host: config.metricsHost, port: server.port }, 'serving metrics and stores')
  const writing =
    metricsLogSeconds === 0
      ? undefined
      : setInterval(() => log.info(metricsLine(board.values()), 'metrics'), metricsLogSeconds * 1000)
  const pushing = await pushIfAsked(config, { values: () => board.values(), version, clock, log })
  return {
    ...hearing(served),
    env: server === undefined ? {} : { WEIR_METRICS_PORT: String(server.port) },
    stopping: () => board.stopping(),
    close: () => closeAll(server, writing, pushing),
  }
}

function hearing({ board, lines, pausing }: Served): CrewListener {
  return {
    started(thread, post) {
      board.started(thread)
      lines.opened(thread, post)
      pausing.started(post)
    },
    heard(_, news) {
      if (news.kind === 'report') board.take(news.report)
      else lines.take(news)
    },
    ended(thread, hasDied) {
      board.ended(thread, hasDied)
      lines.closed(thread)
    },
  }
}

/** Each dyno is an instance of the service that its application is. */
async function pushIfAsked(
  { otlp, applicationId, processName }: WorkerConfig,
  from: Omit<PushedFrom, 'resource'>,
): Promise<Pushing | undefined> {
  if (otlp === undefined) return undefined
  const { startPushing } = await import('../metrics/push-metrics.ts')
  const resource = {
    'service.instance.id': processName,
    ...Object.fromEntries(otlp.resource),
    'service.name': otlp.serviceName ?? otlp.resource.get('service.name') ?? applicationId,
  }
  from.log.info({ to: otlp.url.host, everyMs: otlp.everyMs }, 'pushing metrics')
  return startPushing(otlp, { ...from, resource })
}

async function closeAll(
  server: OpenServer | undefined,
  writing: NodeJS.Timeout | undefined,
  pushing: Pushing | undefined,
): Promise<void> {
  clearInterval(writing)
  await pushing?.close()
  await server?.close()
}

/** npm writes the commit into what it publishes, and knows of none otherwise. */
function packageFacts(): { readonly version: string; readonly commitId: string } {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const { version, gitHead = 'unknown' }: { readonly version?: unknown; readonly gitHead?: unknown } = JSON.parse(text)
  return { version: String(version), commitId: String(gitHead) }
}
