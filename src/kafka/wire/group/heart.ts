import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { unreachable } from '../../../base/unreachable.ts'
import type { GroupOptions, Membership } from '../../group.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import type { ClusterOptions } from '../cluster/cluster.ts'
import { pulse, troubles } from './pulse.ts'
import type { HeartbeatSetting, Trouble } from './pulse.ts'

/** Has `beatFor` called with the same two, on a thread that user code cannot hold up. Setting and line can be handed over. */
export type StartBeats = (setting: HeartbeatSetting, line: MessagePort) => void

/**
 * Heartbeats of one member, on another thread and on a connection of their own, so that
 * a stall in user code loses no membership. What the coordinator answers is
 * read from shared memory: it is there the moment it arrived, without a turn
 * of this thread's event loop.
 */
export class Heart {
  readonly #line: MessagePort
  readonly #pulse = new Int32Array(new SharedArrayBuffer(pulse.slots * Int32Array.BYTES_PER_ELEMENT))
  readonly #alive: NodeJS.Timeout
  readonly #options: GroupOptions

  constructor(cluster: ClusterOptions, options: GroupOptions, startBeats: StartBeats) {
    this.#options = options
    const { port1, port2 } = new MessageChannel()
    startBeats({ cluster: plainOptions(cluster), group: options, pulse: this.#pulse }, port2)
    this.#line = port1
    this.#line.once('close', () => this.#tell('stopped'))
    this.#line.unref()
    this.#alive = setInterval(() => Atomics.add(this.#pulse, pulse.turns, 1), options.heartbeatIntervalMs)
    this.#alive.unref()
  }

  /** From now on beats as this member of this generation; earlier trouble is over. */
  beat(membership: Membership): void {
    Atomics.store(this.#pulse, pulse.generation, membership.generation)
    Atomics.store(this.#pulse, pulse.trouble, 0)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port is no window
    this.#line.postMessage(membership)
  }

  get trouble(): StreamFailure | undefined {
    const trouble = troubles[Atomics.load(this.#pulse, pulse.trouble)]
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    switch (trouble) {
      case undefined:
      case 'none':
        return undefined
      case 'rebalance':
        return { kind: 'rebalance', reason: `group ${groupId} is making a new generation` }
      case 'fenced':
        return { kind: 'fenced', reason: `group ${groupId} does not know this member any more` }
      case 'unanswered':
        return { kind: 'fenced', reason: `no heartbeat of group ${groupId} was answered for ${sessionTimeoutMs} ms` }
      case 'stalled':
        return { kind: 'fenced', reason: `left group ${groupId}: this thread stood still for ${rebalanceTimeoutMs} ms` }
      case 'stopped':
        return { kind: 'fenced', reason: `the heartbeats of group ${groupId} have stopped` }
      default:
        return unreachable(trouble)
    }
  }

  stop(): void {
    clearInterval(this.#alive)
    this.#line.close()
  }

  #tell(trouble: Trouble): void {
    Atomics.store(this.#pulse, pulse.trouble, troubles.indexOf(trouble))
  }
}

/** Where no thread has been found for it. It takes 14 MB, although it is told to take little. */
export const beatOnThreadOfItsOwn: StartBeats = (setting, line) => {
  const worker = new Worker(new URL('heartbeat-thread.ts', import.meta.url), {
    workerData: { setting, line },
    transferList: [line],
    resourceLimits: heartLimits,
  })
  // whatever ends it closes the line; the error itself would end the process unheard
  worker.on('error', () => {})
  worker.unref()
}

const heartLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 24, codeRangeSizeMb: 8 }

/** What can be handed to another thread: no functions, and the key as text. */
function plainOptions({ bootstrap, clientId, tls, reconnect, ...rest }: ClusterOptions): HeartbeatSetting['cluster'] {
  const { connectTimeoutMs, requestTimeoutMs, maxResponseBytes } = rest
  const credentials = tls === null ? null : { ...tls, key: tls.key.reveal() }
  return { bootstrap, clientId, tls: credentials, reconnect, connectTimeoutMs, requestTimeoutMs, maxResponseBytes }
}
