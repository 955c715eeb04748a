import type { Brand } from '../base/brand.ts'
import { fail, ok, type Result } from '../base/result.ts'

/** `application.id` without the cluster's prefix. It names the consumer group and begins every internal topic. */
export type ApplicationName = Brand<string, 'ApplicationName'>

/**
 * Letters, digits, dots, underscores and dashes, since it becomes part of topic names; not `.` or
 * `..`, since it names a folder of state, too. The length is checked with the longest topic it begins.
 */
function isApplicationName(text: string): text is ApplicationName {
  return /^[\w.-]{1,249}$/.test(text) && text !== '.' && text !== '..'
}

export function parseApplicationName(text: string): Result<ApplicationName, string> {
  return isApplicationName(text)
    ? ok(text)
    : fail(`${JSON.stringify(text)} cannot be an application name: use letters, digits, dots, underscores and dashes`)
}

/** What the worker finds in `STREAMS_APPLICATION_ID`: with the prefix, or the group and topics would be refused. */
export function applicationId(prefix: string, applicationName: ApplicationName): string {
  return prefix + applicationName
}
