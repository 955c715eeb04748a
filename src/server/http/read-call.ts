import { cause, invalid, type FieldValidation } from '../admit/admission.ts'
import { ApiFailure, failure } from '../api-status.ts'
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

/** `fieldManager`, or the program that the client says it is. */
function managerOf({ query, header }: Asked): string {
  const manager = query.get('fieldManager') ?? ''
  if (manager.length > 128) {
    throw new ApiFailure(failure('BadRequest', 'fieldManager has at most 128 characters'))
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

/** Kubernetes' own words for options that are wrong. */
function unsupported(field: string, given: string, advice: string): ApiFailure {
  const words = `Unsupported value: ${JSON.stringify(given.slice(0, 60))}: ${advice}`
  return invalid({ group: 'meta.k8s.io', kind: 'WriteOptions' }, '', [cause('FieldValueNotSupported', field, words)])
}
