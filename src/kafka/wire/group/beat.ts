import { setTimeout as delay } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { Clock } from '../../../base/clock.ts'
import { fail, ok } from '../../../base/result.ts'
import { Secret } from '../../../base/secret.ts'
import type { GroupOptions, Membership } from '../../group.ts'
import { errorCode } from '../api/error-code.ts'
import { heartbeat } from '../api/heartbeat.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { Cluster } from '../cluster/cluster.ts'
import { failureOfCode } from '../cluster/stream-failures.ts'
import { Coordinator } from './coordinator.ts'
import { pulse, troubles } from './pulse.ts'
import type { HeartbeatSetting, Trouble } from './pulse.ts'

/** The member lives on another thread: its time and chance cannot be handed over. */
const clock: Clock = {
  now: () => performance.now(), // a clock that is set must not look like a thread that stands still
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
}

/**
 * Heartbeats of one member, on a connection of their own, until its end of the line is closed, or its thread is gone.
 * Over the line comes whom to beat for; what the coordinator answers goes into shared memory.
 */
export async function beatFor(setting: HeartbeatSetting, line: MessagePort): Promise<void> {
  const stopping = new AbortController()
  const beats = new Beats(setting, stopping.signal)
  line.once('close', () => {
    stopping.abort()
    // a beat that waits for its answer ends with its connection
    beats.close()
  })
  line.on('message', (membership: Membership) => beats.begin(membership))
  try {
    await beats.run()
  } finally {
    beats.close()
    // who listens at the other end learns that nobody beats any more
    line.close()
  }
}

class Beats {
  readonly #cluster: Cluster
  readonly #coordinator: Coordinator
  readonly #group: GroupOptions
  readonly #shared: Int32Array
  readonly #signal: AbortSignal
  #member: Membership | null = null
  #answeredAt = 0
  #turns = -1
  #turnedAt = 0

  constructor({ cluster, group, pulse: shared }: HeartbeatSetting, signal: AbortSignal) {
    const tls = cluster.tls === null ? null : { ...cluster.tls, key: new Secret(cluster.tls.key) }
    this.#cluster = new Cluster({ ...cluster, tls, clock, random: Math.random, route: (address) => address })
    this.#coordinator = new Coordinator(this.#cluster, 'group', group.groupId)
    this.#group = group
    this.#shared = shared
    this.#signal = signal
  }

  begin(membership: Membership): void {
    this.#member = membership
    this.#answeredAt = clock.now()
    this.#turnedAt = clock.now()
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      await clock.sleep(this.#group.heartbeatIntervalMs, this.#signal)
      if (this.#member !== null) await this.#beat(this.#member)
    }
  }

  close(): void {
    this.#coordinator.close()
    this.#cluster.close()
  }

  async #beat(membership: Membership): Promise<void> {
    if (this.#standsStill()) {
      await this.#leave(membership)
      return
    }
    const { groupId, sessionTimeoutMs } = this.#group
    const request = { ...membership, group: groupId, instanceId: null }
    const answer = await this.#coordinator.ask(
      async (connection) => {
        const called = await connection.call(heartbeat, request, sessionTimeoutMs)
        if (!called.ok) return called
        const { errorCode: code } = called.value
        return code === errorCode.none ? ok(null) : fail(failureOfCode(code, `heartbeat of group ${groupId}`))
      },
      0,
      this.#signal,
    )
    if (answer.ok) this.#answeredAt = clock.now()
    else if (answer.error.kind === 'retry') {
      if (clock.now() - this.#answeredAt > sessionTimeoutMs) this.#tell(membership, 'unanswered')
    } else {
      this.#answeredAt = clock.now()
      this.#tell(membership, answer.error.kind === 'rebalance' ? 'rebalance' : 'fenced')
    }
  }

  /** A member whose thread has not turned for as long as the group waits for it to join again is no use to the group. */
  #standsStill(): boolean {
    const now = Atomics.load(this.#shared, pulse.turns)
    if (now !== this.#turns) {
      this.#turns = now
      this.#turnedAt = clock.now()
    }
    return clock.now() - this.#turnedAt > this.#group.rebalanceTimeoutMs
  }

  async #leave(membership: Membership): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#group
    const { memberId } = membership
    const request = { group: groupId, memberId, instanceId: null, reason: 'its thread stands still' }
    this.#member = null
    this.#tell(membership, 'stalled')
    await this.#coordinator.ask((connection) => connection.call(leaveGroup, request, sessionTimeoutMs), 0, this.#signal)
  }

  #tell(membership: Membership, trouble: Trouble): void {
    if (Atomics.load(this.#shared, pulse.generation) !== membership.generation) return
    Atomics.store(this.#shared, pulse.trouble, troubles.indexOf(trouble))
  }
}
