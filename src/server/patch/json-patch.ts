import { unreachable } from '../../base/unreachable.ts'
import type { Json } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { PatchedDocument, UnappliablePatch, type Place } from './patched-document.ts'

/** The API server's own bound. */
const mostOperations = 10_000

type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Place; readonly value: Json }
  | { readonly op: 'remove'; readonly path: Place }
  | { readonly op: 'copy' | 'move'; readonly path: Place; readonly from: Place }

/**
 * RFC 6902: a list of operations, all of them or none. Ours, since the library that there is copies without bound (sixty
 * operations fill any memory), looks its operations up on a prototype, and throws for names that a ConfigMap may have.
 */
export function applyJsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch) || !patch.every(isJsonObject)) {
    throw new ApiFailure(
      failure(
        'BadRequest',
        'a JSON patch is a list of {"op", "path", "value"}; for fields and values use a merge patch',
      ),
    )
  }
  if (patch.length > mostOperations) {
    const words = `the patch has ${patch.length} operations; at most ${mostOperations} are allowed`
    throw new ApiFailure(failure('RequestEntityTooLarge', words))
  }
  const document = new PatchedDocument(target)
  patch.forEach((given: Json, at) => {
    try {
      carryOut(readOperation(given), document)
    } catch (error) {
      if (!(error instanceof UnappliablePatch)) throw error
      throw refused(error, at)
    }
  })
  return document.root
}

function carryOut(operation: Operation, document: PatchedDocument): void {
  switch (operation.op) {
    case 'add':
      return document.add(operation.path, operation.value)
    case 'replace':
      return document.replace(operation.path, operation.value)
    case 'test':
      return document.test(operation.path, operation.value)
    case 'remove':
      document.remove(operation.path)
      return
    case 'copy':
      return document.copy(operation.from, operation.path)
    case 'move':
      return document.move(operation.from, operation.path)
    default:
      return unreachable(operation)
  }
}

function refused({ reason, message }: UnappliablePatch, at: number): ApiFailure {
  const words = `the server rejected our request due to an error in our request: operation ${at}: ${message}`
  return new ApiFailure(failure(reason === 'too much' ? 'RequestEntityTooLarge' : 'Invalid', words))
}

function readOperation(given: Json): Operation {
  const { op, path, from, value }: { readonly [field: string]: Json | undefined } = isJsonObject(given) ? given : {}
  const at = readPlace(path, 'path')
  if (op === 'remove') return { op, path: at }
  if (op === 'copy' || op === 'move') return { op, path: at, from: readPlace(from, 'from') }
  if (op === 'add' || op === 'replace' || op === 'test') {
    if (value === undefined) throw new UnappliablePatch('impossible', `${op} needs a value`)
    return { op, path: at, value }
  }
  throw new UnappliablePatch('impossible', 'op must be add, remove, replace, move, copy or test')
}

/** RFC 6901: `/a~1b/0`. */
function readPlace(text: Json | undefined, field: 'path' | 'from'): Place {
  if (typeof text !== 'string') throw new UnappliablePatch('impossible', `${field} must be a text like /spec/app`)
  if (text === '') return []
  if (!text.startsWith('/')) throw new UnappliablePatch('impossible', `${field} must be empty or begin with /`)
  if (/~(?![01])/.test(text)) throw new UnappliablePatch('impossible', `${field}: write ~0 for ~ and ~1 for /`)
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
