import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'
import type { MessagePort } from 'node:worker_threads'
import { Heart, type StartBeats } from '../../../src/kafka/wire/group/heart.ts'
import { beatFor } from '../../../src/kafka/wire/group/beat.ts'
import type { HeartbeatSetting } from '../../../src/kafka/wire/group/pulse.ts'
import { systemClock } from '../../../src/host/system-clock.ts'

const cluster = {
  bootstrap: [],
  clientId: 'test',
  tls: null,
  clock: systemClock,
  random: Math.random,
  route: (address: { host: string; port: number }) => address,
  connectTimeoutMs: 100,
  requestTimeoutMs: 100,
  maxResponseBytes: 1000,
  reconnect: { firstMs: 10, ceilingMs: 10 },
}
const group = { groupId: 'g', sessionTimeoutMs: 1000, heartbeatIntervalMs: 10_000, rebalanceTimeoutMs: 1000 }

interface Started {
  readonly setting: HeartbeatSetting
  readonly line: MessagePort
}

const isWell = (heart: Heart): boolean => heart.trouble === undefined

/** A heart, and what was handed to the thread that beats. */
function startHeart(): Started & { readonly heart: Heart } {
  const started: Started[] = []
  const startBeats: StartBeats = (setting, line) => started.push({ setting, line })
  const heart = new Heart(cluster, group, startBeats)
  const [first] = started
  assert.ok(first)
  return { heart, ...first }
}

it('tells whoever beats which member and generation it is', async () => {
  const { heart, line } = startHeart()
  const told = once(line, 'message')
  heart.beat({ memberId: 'm', generation: 3 })
  assert.deepEqual(await told, [{ memberId: 'm', generation: 3 }])
  heart.stop()
})

it('has lost its place once nobody beats for it', async () => {
  const { heart, line } = startHeart()
  heart.beat({ memberId: 'm', generation: 3 })
  assert.ok(isWell(heart))
  const closed = once(line, 'close')
  line.close()
  await closed
  for (const until = Date.now() + 5000; isWell(heart) && Date.now() < until;)
    await new Promise((resolve) => setImmediate(resolve))
  assert.match(heart.trouble?.reason ?? '', /heartbeats of group g have stopped/)
  heart.stop()
})

it('ends the beats when it stops, without waiting for the next one', async () => {
  const { heart, setting, line } = startHeart()
  const beats = beatFor(setting, line)
  heart.beat({ memberId: 'm', generation: 3 })
  heart.stop()
  await beats
})
