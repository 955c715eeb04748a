import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorVars } from '../config-errors.ts'
import type { ErrorHandling } from '../task/error-plan.ts'

const handlers = ['deserialization', 'processing', 'production', 'uncaught'] as const

/** What the user's file exports as `errors`, beside its topology: nothing, or handlers. */
export async function loadErrors(file: string): Promise<ErrorHandling> {
  const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(file)).href)
  const { errors } = loaded
  if (errors === undefined) return {}
  if (isErrorHandling(errors)) return errors
  throw new Error(
    `${file} exports \`errors\` that are no handlers: give it functions named ${handlers.join(', ')}, and deadLetterTopic`,
  )
}

/** Code is asked first; config vars say what becomes of the rest. */
export function withErrorVars(own: ErrorHandling, vars: ErrorVars): ErrorHandling {
  const topic = vars.deadLetterTopic ?? own.deadLetterTopic
  const goOn = () => 'continue' as const
  const byVars: ErrorHandling = {
    ...(vars.deserialization === 'continue' && { deserialization: goOn }),
    ...(vars.processing === 'continue' && { processing: goOn }),
  }
  return { ...byVars, ...own, ...(topic !== undefined && { deadLetterTopic: topic }) }
}

function isErrorHandling(value: unknown): value is ErrorHandling {
  if (typeof value !== 'object' || value === null) return false
  const topic: unknown = Reflect.get(value, 'deadLetterTopic')
  const isTopic = topic === undefined || typeof topic === 'string'
  return isTopic && handlers.every((name) => ['function', 'undefined'].includes(typeof Reflect.get(value, name)))
}
