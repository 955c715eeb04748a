import type { Json } from '../../record/record.ts'
import { cause, invalid } from '../admit/admission.ts'
import { admitBeside, claimingOf } from '../admit/admit-beside.ts'
import { known } from '../admit/strange-fields.ts'
import { inReadingOrder, readSubmitted, withMetadata, type ApiObject, type Submitted } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { qualified, usualHead, type ResourceKind } from '../kinds/resource-kind.ts'
import { birthNow, finding, keyOf, missing, requireNamespace, type Call, type ObjectsSurroundings } from './call.ts'
import { checkHead } from './life.ts'
import { begin, revise } from './revise.ts'
import { scaleOf, withScale } from './scale.ts'
import { writeObject, type Written } from './write-object.ts'

export interface Changed extends Written {
  readonly warnings: readonly string[]
}

/** POST: something new. */
export async function createObject(around: ObjectsSurroundings, call: Call, submitted: Submitted): Promise<Changed> {
  const { target } = call
  checkHead(submitted.object, target)
  await requireNamespace(around, target)
  const { object, warnings } = begin(finding(call, submitted.unknown), submitted.object, birthNow(around), 'update')
  const { name } = object.metadata
  const written = await writeObject(around, {
    ...call,
    key: keyOf({ ...target, name }),
    claiming: claimingOf(target.kind),
    decide: (current) => {
      if (current !== undefined) throw alreadyExists(target.kind, name)
      admitBeside(target.kind, object, undefined, around.cache)
      return object
    },
  })
  return { ...written, warnings }
}

function alreadyExists(kind: ResourceKind, name: string): ApiFailure {
  const words = `${qualified(kind)} ${JSON.stringify(name)} already exists`
  return new ApiFailure(failure('AlreadyExists', words, { name, group: kind.group, kind: kind.plural }))
}

/** What a request makes of what is there: a PUT's body, or a patch applied. */
export type Make = (current: ApiObject) => Submitted

/** PUT, and the patches that need something to patch. */
export async function changeObject(around: ObjectsSurroundings, call: Call, make: Make): Promise<Changed> {
  const { target, subresource } = call
  let warnings: readonly string[] = []
  let last: ApiObject | undefined
  const written = await writeObject(around, {
    ...call,
    key: keyOf(target),
    claiming: claimingOf(target.kind),
    decide: (current) => {
      if (current === undefined) throw missing(target)
      const isScale = subresource === 'scale'
      const { object, unknown } = make(isScale ? scaleOf(current) : current)
      const asked = finding(call, unknown)
      if (!isScale) checkOutcome(asked, current, object)
      const submitted = isScale ? withScale(current, object) : object
      const manner = { nowMs: around.nowMs(), manner: 'update' } as const
      const revision = revise(asked, current, submitted, manner)
      warnings = revision.warnings
      last = lastShown(current, revision.shown)
      if (revision.object !== undefined) admitBeside(target.kind, revision.object, current, around.cache)
      return revision.object
    },
  })
  const object = written.change === 'removed' ? (last ?? written.object) : written.object
  return { ...written, object: subresource === 'scale' ? scaleOf(object) : object, warnings }
}

/** Of an object that is gone: without what it waited for, in the version that it had before. */
export function lastShown({ metadata: { resourceVersion } }: ApiObject, shown: ApiObject): ApiObject {
  return resourceVersion === undefined ? shown : inReadingOrder(withMetadata(shown, { resourceVersion }))
}

/** PUT replaces; kinds of our own ask for the version that was seen, as custom kinds do. */
export function replacement(body: Json, { target: { kind }, subresource }: Call): Make {
  const submitted = readSubmitted(body, usualHead(kind))
  if (subresource !== 'scale') checkNamed(kind, submitted.object)
  return () => submitted
}

function checkNamed(kind: ResourceKind, { metadata: { name, resourceVersion = '' } }: ApiObject): void {
  if (name === '') throw new ApiFailure(failure('BadRequest', 'metadata.name: name must be provided'))
  if (!kind.isCustom || (resourceVersion !== '' && resourceVersion !== '0')) return
  const words = 'Invalid value: 0x0: must be specified for an update; get the object, change it, and send it back'
  throw invalid(kind, name, [cause('FieldValueInvalid', 'metadata.resourceVersion', words)])
}

/** What nobody knows is refused before anything else, where the client is strict. */
function checkOutcome(call: Call, current: ApiObject, object: ApiObject): void {
  const { kind } = call.target
  if (call.fieldValidation === 'Strict') known(kind, { ...call, object, current })
  if (call.isPatch) checkPatched(kind, current, object)
}

/** A patch leaves the object the one that it is. */
function checkPatched(kind: ResourceKind, current: ApiObject, patched: ApiObject): void {
  checkNamed(kind, patched)
  const { uid } = patched.metadata
  if (uid === undefined || uid === current.metadata.uid) return
  const words = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
  throw invalid(kind, current.metadata.name, [cause('FieldValueInvalid', 'metadata.uid', words)])
}
