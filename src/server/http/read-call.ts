import { cause, invalid, type FieldValidation } from '../admit/admission.ts'
import type { ApiFailure } from '../api-status.ts'
import type { Call } from '../objects/call.ts'
import type { Asked } from './asked.ts'

type Options = Pick<Call, 'manager' | 'isDryRun' | 'fieldValidation' | 'isForced'>

/** What the query says about a write. */
export function readWriteOptions(asked: Asked): Options {
  const { query } = asked
  return {
    manager: managerOf(asked),
    isDryRun: readDryRun(query.getAll('dryRun')),
    fieldValidation: readFieldValidation(query.get('fieldValidation') ?? ''),
    isForced: query.get('force') === 'true',
  }
}

/** Go's `unicode.IsPrint`. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

/** `fieldManager`, or the program that the client says it is. */
function managerOf({ query, header }: Asked): string {
  const manager = query.get('fieldManager') ?? ''
  if (manager.length > 128) {
    throw wrongOption('FieldValueTooLong', 'fieldManager', 'Too long: may not be more than 128 characters')
  }
  if (!printable.test(manager)) {
    throw wrongOption('FieldValueInvalid', 'fieldManager', 'Invalid value: write characters that can be seen')
  }
  return manager === '' ? (/^[^/]+/.exec(header('user-agent') ?? '')?.[0] ?? 'unknown').slice(0, 128) : manager
}

function readDryRun(given: readonly string[]): boolean {
  const asked = given.filter((value) => value !== '')
  if (asked.every((value) => value === 'All')) return asked.length > 0
  throw unsupported('dryRun', asked.join(','), 'write All, or leave it out')
}

function readFieldValidation(given: string): FieldValidation {
  switch (given) {
    case '':
    case 'Warn':
      return 'Warn'
    case 'Strict':
    case 'Ignore':
      return given
    default:
      throw unsupported('fieldValidation', given, 'write Strict, Warn or Ignore')
  }
}

function unsupported(field: string, given: string, advice: string): ApiFailure {
  return wrongOption(
    'FieldValueNotSupported',
    field,
    `Unsupported value: ${JSON.stringify(given.slice(0, 60))}: ${advice}`,
  )
}

/** What the query says of a write is checked as an object is. */
export function wrongOption(reason: Parameters<typeof cause>[0], field: string, words: string): ApiFailure {
  return invalid({ group: 'meta.k8s.io', kind: 'WriteOptions' }, '', [cause(reason, field, words)])
}
