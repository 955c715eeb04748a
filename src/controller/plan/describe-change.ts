import { formatDuration } from '../../base/format-duration.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { Change, ConfigVarChange, FormationState, ObservedTopicState, TopicRole } from './change.ts'

/** A change in words: the one text that plan, diff, progress and log all show. */
export interface ChangeText {
  readonly sign: '+' | '~' | '-'
  readonly what: string
  readonly details: readonly string[]
}

export function describeChange(change: Change): ChangeText {
  switch (change.kind) {
    case 'create-topic': {
      const { partitions } = change.after
      return { sign: '+', what: topicOf(change), details: [`${partitions} partitions`, ...policyWords(change.after)] }
    }
    case 'configure-topic':
      return { sign: '~', what: topicOf(change), details: topicDetails(change.before, change.after) }
    case 'create-group':
      return { sign: '+', what: `group ${change.name}`, details: [] }
    case 'set-config-vars': {
      const sign = change.vars.every(({ after }) => after === null) ? '-' : '~'
      return { sign, what: `config vars of ${change.app}`, details: change.vars.map(configVarDetail) }
    }
    case 'scale':
      return {
        sign: '~',
        what: `dynos ${change.type} of ${change.app}`,
        details: scaleDetails(change.before, change.after),
      }
    case 'delete-topic':
      return { sign: '-', what: topicOf(change), details: ['with all its records'] }
    case 'delete-group':
      return { sign: '-', what: `group ${change.name}`, details: ['with its offsets'] }
    default:
      return unreachable(change)
  }
}

/** On one line, for a log or progress. */
export function changeLine(change: Change): string {
  const { sign, what, details } = describeChange(change)
  return details.length === 0 ? `${sign} ${what}` : `${sign} ${what}: ${details.join(', ')}`
}

function topicOf({ name, role }: { readonly name: string; readonly role: TopicRole }): string {
  return role === 'user' ? `topic ${name}` : `${role} topic ${name}`
}

function policyWords({ cleanupPolicy, retentionMs }: ObservedTopicState): string[] {
  return cleanupPolicy === 'compact' ? [cleanupPolicy] : [cleanupPolicy, `keeps ${retentionText(retentionMs)}`]
}

function topicDetails(before: ObservedTopicState, after: ObservedTopicState): string[] {
  const policy =
    before.cleanupPolicy === after.cleanupPolicy ? [] : [`${before.cleanupPolicy} → ${after.cleanupPolicy}`]
  if (after.cleanupPolicy === 'compact' || before.retentionMs === after.retentionMs) return policy
  return [...policy, `keeps ${retentionText(before.retentionMs)} → ${retentionText(after.retentionMs)}`]
}

function retentionText(retentionMs: number | null): string {
  return retentionMs === null ? 'for ever' : formatDuration(retentionMs)
}

function configVarDetail({ name, before, after }: ConfigVarChange): string {
  const show = (value: string | null): string => shownValue(name, value) ?? '(not set)'
  return `${name} ${show(before)} → ${show(after)}`
}

/** Dots in place of a value that may be a credential. */
export function shownValue(name: string, value: string | null): string | null {
  return value !== null && isSecret(name) ? '•••' : value
}

/** Kafka's settings that hold credentials are named after what they hold. */
function isSecret(name: string): boolean {
  return /PASSWORD|SECRET|TOKEN|JAAS|CREDENTIAL|PRIVATE|KEYSTORE_KEY|CLIENT_CERT/.test(name)
}

function scaleDetails(before: FormationState, after: FormationState): string[] {
  return [
    ...(before.quantity === after.quantity ? [] : [`${before.quantity} → ${after.quantity}`]),
    ...(before.size === after.size ? [] : [`${before.size} → ${after.size}`]),
  ]
}
