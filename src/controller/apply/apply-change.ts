import { ok } from '../../base/result.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'
import type { KafkaData, TopicSettings } from '../../heroku/kafka-data.ts'
import type { Answer, HerokuPlatform } from '../../heroku/platform.ts'
import type { Change, TopicState } from '../plan/change.ts'

export interface Hands {
  readonly platform: HerokuPlatform
  readonly kafkaData: KafkaData
  readonly addonId: string
}

/** Carries out one change. Safe to repeat: the next observation, not this answer, says whether it took. */
export async function applyChange(change: Change, hands: Hands, signal: AbortSignal): Answer<void> {
  const { platform, kafkaData, addonId } = hands
  switch (change.kind) {
    case 'create-topic': {
      const topic = { ...settings(change.name, change.after), partitions: change.after.partitions }
      return unlessThere(await kafkaData.createTopic(addonId, topic, signal))
    }
    case 'configure-topic':
      return kafkaData.configureTopic(addonId, settings(change.name, change.after), signal)
    case 'create-group':
      return unlessThere(await kafkaData.createConsumerGroup(addonId, change.name, signal))
    case 'set-config-vars': {
      const patch = Object.fromEntries(change.vars.map(({ name, after }) => [name, after]))
      return done(await platform.patchConfigVars(change.app, patch, signal))
    }
    case 'scale': {
      const size = change.after.size === change.before.size ? {} : { size: change.after.size }
      const update = { type: change.type, quantity: change.after.quantity, ...size }
      return done(await platform.patchFormation(change.app, [update], signal))
    }
    case 'delete-topic':
      return kafkaData.deleteTopic(addonId, change.name, signal)
    case 'delete-group':
      return kafkaData.deleteConsumerGroup(addonId, change.name, signal)
    default:
      return unreachable(change)
  }
}

/** Heroku tells cleanup policies by two fields: compaction yes or no, and a retention or none. */
function settings(name: string, { cleanupPolicy, retentionMs }: TopicState): TopicSettings {
  return { name, compaction: cleanupPolicy !== 'delete', retentionMs }
}

/** Made by an apply that was cut short, and not yet listed: it exists, and the read-back says whether it is as asked. */
function unlessThere(answer: Awaited<Answer<void>>): Awaited<Answer<void>> {
  return !answer.ok && saysItExists(answer.error) ? ok(undefined) : answer
}

function saysItExists(failure: HerokuFailure): boolean {
  return (failure.kind === 'invalid' || failure.kind === 'conflict') && /exist|taken|already/i.test(failure.said)
}

function done(answer: Awaited<Answer<unknown>>): Awaited<Answer<void>> {
  return answer.ok ? ok(undefined) : answer
}
