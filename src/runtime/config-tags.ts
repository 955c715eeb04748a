import type { Env } from './config-kafka.ts'
import { configVarOf, settings } from './config-settings.ts'

export interface Tags {
  /** `client.tag.*` of this process. */
  readonly clientTags: ReadonlyMap<string, string>
  /** The tags in which a task and its standbys are to differ. */
  readonly rackAwareTags: readonly string[]
}

const prefix = configVarOf('client.tag.')
/** KIP-708's limits: what a subscription carries is sent to every member. */
const limits = { tags: 5, key: 20, value: 30 } as const

/**
 * `STREAMS_CLIENT_TAG_ZONE=a` is Kafka Streams' `client.tag.zone=a`. A config var knows no small letters, dots and
 * dashes, so names of tags are compared without them.
 */
export function readTags(env: Env, mistakes: string[]): Tags {
  const clientTags = new Map(
    Object.entries(env).flatMap(([name, value]) =>
      isClientTag(name) && value !== undefined && value !== '' ? [[nameOf(name.slice(prefix.length)), value]] : [],
    ),
  )
  if (clientTags.size > limits.tags)
    mistakes.push(`${clientTags.size} config vars begin with ${prefix}: set ${limits.tags} at most`)
  for (const [key, value] of clientTags)
    if (key.length > limits.key || value.length > limits.value)
      mistakes.push(
        `${prefix}${key.toUpperCase()} is too long: use ${limits.key} letters for its name and ${limits.value} for its value at most`,
      )
  const variable = configVarOf(settings.rackAwareTags.name)
  const rackAwareTags = (env[variable] ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [nameOf(name)]))
  for (const tag of rackAwareTags)
    if (!clientTags.has(tag))
      mistakes.push(`${variable} names ${tag}: set ${prefix}${tag.toUpperCase()}, or leave it out`)
  return { clientTags, rackAwareTags }
}

export function isClientTag(name: string): boolean {
  return name.startsWith(prefix) && name.length > prefix.length
}

function nameOf(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[.-]/g, '_')
}
