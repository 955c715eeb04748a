import type { FieldValidation } from '../admit/admission.ts'
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
  throw new ApiFailure(failure('BadRequest', `dryRun must be All, not ${JSON.stringify(asked.join(',').slice(0, 60))}`))
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
      throw new ApiFailure(
        failure(
          'BadRequest',
          `fieldValidation must be Strict, Warn or Ignore, not ${JSON.stringify(given.slice(0, 60))}`,
        ),
      )
  }
}
