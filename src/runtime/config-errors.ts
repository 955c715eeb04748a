import type { Env } from './config-kafka.ts'
import { configVarOf } from './config-settings.ts'
import type { ErrorDecision } from './task/error-plan.ts'

/** What config vars say of records that fail; a handler in the topology's file is asked before. */
export interface ErrorVars {
  readonly deserialization: ErrorDecision
  readonly processing: ErrorDecision
  /** Without the cluster's prefix, or with it. */
  readonly deadLetterTopic: string | undefined
}

/** Java's handlers, by the names of their classes in `org.apache.kafka.streams.errors`. */
const handlers: Readonly<Record<string, Readonly<Record<string, ErrorDecision>>>> = {
  'deserialization.exception.handler': {
    LogAndFailExceptionHandler: 'fail',
    LogAndContinueExceptionHandler: 'continue',
  },
  'processing.exception.handler': {
    LogAndFailProcessingExceptionHandler: 'fail',
    LogAndContinueProcessingExceptionHandler: 'continue',
  },
  'production.exception.handler': { DefaultProductionExceptionHandler: 'fail' },
}

const javaPackage = 'org.apache.kafka.streams.errors.'
const deadLetterTopic = 'errors.dead.letter.queue.topic.name'

/** The settings read here, by Kafka Streams' names. */
export const errorSettings: readonly string[] = [...Object.keys(handlers), deadLetterTopic]

export function readErrorVars(env: Env, mistakes: string[]): ErrorVars {
  const topic = env[configVarOf(deadLetterTopic)]?.trim() ?? ''
  if (topic !== '' && !/^[\w.-]{1,249}$/.test(topic))
    mistakes.push(`${configVarOf(deadLetterTopic)} is ${JSON.stringify(topic)}: set it to the name of a topic`)
  readHandler(env, 'production.exception.handler', mistakes)
  return {
    deserialization: readHandler(env, 'deserialization.exception.handler', mistakes),
    processing: readHandler(env, 'processing.exception.handler', mistakes),
    deadLetterTopic: topic === '' ? undefined : topic,
  }
}

function readHandler(env: Env, setting: string, mistakes: string[]): ErrorDecision {
  const name = configVarOf(setting)
  const text = env[name]?.trim() ?? ''
  const known = handlers[setting] ?? {}
  if (text === '') return 'fail'
  const handler = text.startsWith(javaPackage) ? text.slice(javaPackage.length) : text
  const decision = Object.hasOwn(known, handler) ? known[handler] : undefined
  if (decision === undefined)
    mistakes.push(
      `${name} is ${text}: set it to ${Object.keys(known).join(' or ')}, ` +
        `or export a handler of your own from the topology's file: export const errors = { ... }`,
    )
  return decision ?? 'fail'
}
