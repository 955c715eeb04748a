import type { Json } from '../../record/record.ts'
import { isJsonObject, readSubmitted, withMetadata, withoutMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { cause, invalid } from '../admit/admission.ts'
import { admitBeside, claimingOf } from '../admit/admit-beside.ts'
import { checkApplied } from '../admit/strange-fields.ts'
import { birthNow, finding, keyOf, missing, requireNamespace, type Call, type ObjectsSurroundings } from './call.ts'
import { lastShown, type Changed } from './change-objects.ts'
import { checkHead, type Target } from './life.ts'
import { applied } from './own-fields.ts'
import { begin, revise } from './revise.ts'
import { writeObject } from './write-object.ts'

/** Server-side apply: what the applier says is so, what it said before and says no longer is not, the rest stays. */
export async function applyObject(around: ObjectsSurroundings, call: Call, body: Json): Promise<Changed> {
  const { target, subresource } = call
  if (!isJsonObject(body)) throw new ApiFailure(failure('BadRequest', 'the body must be one object'))
  const { object: configuration, unknown } = readSubmitted(body)
  checkHead(configuration, target)
  const { strange, fieldValidation } = finding(call, unknown)
  const told = checkApplied(target.kind, { object: configuration, strange, fieldValidation })
  const key = keyOf(target)
  if (around.cache.get(key) === undefined) await requireNamespace(around, target)

  let warnings: readonly string[] = []
  let last: ApiObject | undefined
  const written = await writeObject(around, {
    ...call,
    key,
    claiming: claimingOf(target.kind),
    decide: (current) => {
      if (current === undefined && subresource !== undefined) throw missing(target)
      const nowMs = around.nowMs()
      const merged = applied(current, body, call, nowMs)
      const revision =
        current === undefined
          ? begin(call, newFrom(merged, target), birthNow(around), 'apply')
          : revise(call, current, merged, { nowMs, manner: 'apply' })
      warnings = revision.warnings
      if (current !== undefined && 'shown' in revision) last = lastShown(current, revision.shown)
      if (revision.object !== undefined) admitBeside(target.kind, revision.object, current, around.cache)
      return revision.object
    },
  })
  const object = written.change === 'removed' ? (last ?? written.object) : written.object
  return { ...written, object, warnings: [...told, ...warnings] }
}

/** What nobody has seen yet has no version to compare, and no uid but the one that it gets. */
function newFrom(merged: ApiObject, { kind, name }: Target): ApiObject {
  const { uid } = merged.metadata
  if (uid === undefined) return withMetadata(withoutMetadata(merged, 'resourceVersion'), { name })
  const words = `Invalid value: ${JSON.stringify(uid)}: no object of this name is there; leave it out to make one`
  throw invalid(kind, name, [cause('FieldValueInvalid', 'metadata.uid', words)])
}
