import { asJson } from '../../record/as-json.ts'
import type { Json } from '../../record/record.ts'
import { readApiObject } from '../api-object.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import type { Call, ObjectsSurroundings } from './call.ts'
import { changeObject, createObject, type Changed } from './change-objects.ts'
import { checkHead } from './life.ts'
import { ApiFailure } from '../api-status.ts'

/** Server-side apply: what the applier says is so, what it said before and says no longer is not, the rest stays. */
export async function applyObject(around: ObjectsSurroundings, call: Call, body: Json): Promise<Changed> {
  const applied = readApiObject(body)
  checkHead(applied, call.target)
  const named = { ...applied, metadata: { ...applied.metadata, name: call.target.name } }
  try {
    return await changeObject(around, call, (current) => readApiObject(mergePatch(asJson(current), body)))
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status.reason !== 'NotFound' || call.subresource !== undefined)
      throw error
    return createObject(around, call, named)
  }
}
