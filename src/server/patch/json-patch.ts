import jsonPatch, { JsonPatchError, type Operation } from 'fast-json-patch'
import type { Json } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'

/** The API server's own bound. */
const mostOperations = 10_000

/** RFC 6902: a list of operations, all of them or none. */
export function applyJsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch) || !patch.every(isOperation)) {
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
  try {
    // The library's types know nothing of read-only JSON; it works on a copy (`mutateDocument` false).
    const document: unknown = structuredClone(target)
    const result: unknown = jsonPatch.applyPatch(document, patch, true, false).newDocument
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON patched with JSON is JSON
    return result as Json
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    const words = `the server rejected our request due to an error in our request: ${error.name}: ${error.message.split('\n')[0]}`
    throw new ApiFailure(failure('Invalid', words))
  }
}

function isOperation(value: unknown): value is Operation {
  return isJsonObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string'
}
