import type { StreamGroup } from '../../kafka/group.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StartBeats } from '../../kafka/wire/group/heart.ts'
import { readWorkerConfig, type WorkerConfig } from '../config.ts'
import type { Topology } from '../graph/topology.ts'
import type { ErrorHandling } from '../task/error-plan.ts'
import type { OpenDisk } from '../store/task-disk.ts'
import { loadDisk } from './load-disk.ts'
import { loadErrors } from './load-errors.ts'
import { loadTopology } from './load-topology.ts'
import { groupOf, openStreamClient } from './open-client.ts'
import type { ThreadData } from './thread-message.ts'

/** What a stream thread has before it joins the group. */
export interface App {
  readonly config: WorkerConfig
  readonly topology: Topology
  readonly errors: ErrorHandling
  readonly client: StreamClient
  readonly group: StreamGroup
  /** Is being loaded while the cluster is asked. */
  readonly disk: Promise<OpenDisk | undefined>
}

/** Reads the user's file, and opens a client that its owner closes. */
export async function loadApp(
  { file, env, number, pageBytes }: Pick<ThreadData, 'file' | 'env' | 'number' | 'pageBytes'>,
  startBeats: StartBeats,
): Promise<App> {
  const config = configFrom(env)
  const topology = await loadTopology(file)
  const errors = await loadErrors(file)
  const client = await openStreamClient(config, `${config.clientId}-StreamThread-${number}`, startBeats)
  const disk = loadDisk(topology, pageBytes)
  // told by who needs it
  disk.catch(() => {})
  return { config, topology, errors, client, group: groupOf(client, config), disk }
}

/** The main thread has read it before, and told what does not fit. */
export function configFrom(env: ThreadData['env']): WorkerConfig {
  const read = readWorkerConfig(env)
  if (!read.ok) throw new Error(read.error.join('; '))
  return read.value.config
}
