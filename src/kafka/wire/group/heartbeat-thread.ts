import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Clock } from '../../../base/clock.ts'
import { fail, ok } from '../../../base/result.ts'
import { Secret } from '../../../base/secret.ts'
import type { Membership } from '../../group.ts'
import { errorCode } from '../api/error-code.ts'
import { heartbeat } from '../api/heartbeat.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { Cluster } from '../cluster/cluster.ts'
import { failureOfCode } from '../cluster/stream-failures.ts'
import { Coordinator } from './coordinator.ts'
import { pulse, troubles } from './pulse.ts'
import type { HeartbeatSetting, Trouble } from './pulse.ts'

/** A thread of its own is a world of its own: it brings its time and chance itself. */
const clock: Clock = {
  now: () => performance.now(), // a clock that is set must not look like a thread that stands still
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
}

const { cluster: given, group, pulse: shared }: HeartbeatSetting = workerData
const tls = given.tls === null ? null : { ...given.tls, key: new Secret(given.tls.key) }
const cluster = new Cluster({ ...given, tls, clock, random: Math.random, route: (address) => address })
const coordinator = new Coordinator(cluster, 'group', group.groupId)
const never = new AbortController().signal

const member: { now: Membership | null; answeredAt: number; turns: number; turnedAt: number } = {
  now: null,
  answeredAt: 0,
  turns: -1,
  turnedAt: 0,
}

parentPort?.on('message', (next: Membership) => {
  member.now = next
  member.answeredAt = clock.now()
  member.turnedAt = clock.now()
})

for (;;) {
  await clock.sleep(group.heartbeatIntervalMs, never)
  if (member.now !== null) await beat(member.now)
}

async function beat(membership: Membership): Promise<void> {
  if (standsStill()) {
    await leave(membership)
    return
  }
  const { groupId, sessionTimeoutMs } = group
  const request = { ...membership, group: groupId, instanceId: null }
  const answer = await coordinator.ask(
    async (connection) => {
      const called = await connection.call(heartbeat, request, sessionTimeoutMs)
      if (!called.ok) return called
      const { errorCode: code } = called.value
      return code === errorCode.none ? ok(null) : fail(failureOfCode(code, `heartbeat of group ${groupId}`))
    },
    0,
    never,
  )
  if (answer.ok) member.answeredAt = clock.now()
  else if (answer.error.kind === 'retry') {
    if (clock.now() - member.answeredAt > sessionTimeoutMs) tell(membership, 'unanswered')
  } else {
    member.answeredAt = clock.now()
    tell(membership, answer.error.kind === 'rebalance' ? 'rebalance' : 'fenced')
  }
}

/** A member whose thread has not turned for as long as the group waits for it to join again is no use to the group. */
function standsStill(): boolean {
  const now = Atomics.load(shared, pulse.turns)
  if (now !== member.turns) {
    member.turns = now
    member.turnedAt = clock.now()
  }
  return clock.now() - member.turnedAt > group.rebalanceTimeoutMs
}

async function leave(membership: Membership): Promise<void> {
  const { groupId, sessionTimeoutMs } = group
  const request = { group: groupId, memberId: membership.memberId, instanceId: null, reason: 'its thread stands still' }
  member.now = null
  tell(membership, 'stalled')
  await coordinator.ask((connection) => connection.call(leaveGroup, request, sessionTimeoutMs), 0, never)
}

function tell(membership: Membership, trouble: Trouble): void {
  if (Atomics.load(shared, pulse.generation) !== membership.generation) return
  Atomics.store(shared, pulse.trouble, troubles.indexOf(trouble))
}
