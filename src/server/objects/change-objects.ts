import type { Json, ObjectKey } from '../../record/record.ts'
import { admit } from '../admit/admit.ts'
import { readApiObject, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { cause, invalid } from '../admit/admission.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { missing, requireNamespace, type Call, type ObjectsSurroundings } from './call.ts'
import { born, checkHead, counted, reported, revised } from './life.ts'
import { scaleOf, withScale } from './scale.ts'
import { writeObject, type Written } from './write-object.ts'

export interface Changed extends Written {
  readonly warnings: readonly string[]
}

/** POST: something new. */
export async function createObject(around: ObjectsSurroundings, call: Call, submitted: ApiObject): Promise<Changed> {
  const { target } = call
  checkHead(submitted, target)
  await requireNamespace(around, target)
  const birth = { uid: around.newUid(), nowMs: around.nowMs(), suffix: around.newSuffix() }
  const wish = born(submitted, target, birth)
  const { object, warnings } = admit(target.kind, { object: wish, current: undefined, ...call })
  const { name } = object.metadata
  const written = await writeObject(around, {
    ...call,
    key: keyOf({ ...target, name }),
    decide: (current) => {
      if (current !== undefined) throw alreadyExists(target.kind, name)
      return object
    },
  })
  return { ...written, warnings }
}

function alreadyExists({ plural, group }: ResourceKind, name: string): ApiFailure {
  const qualifiedPlural = group === '' ? plural : `${plural}.${group}`
  const words = `${qualifiedPlural} ${JSON.stringify(name)} already exists`
  return new ApiFailure(failure('AlreadyExists', words, { name, group, kind: plural }))
}

/** What a request makes of what is there: a PUT's body, or a patch applied. */
export type Make = (current: ApiObject) => ApiObject

/** PUT and the patches that need something to patch. */
export async function changeObject(around: ObjectsSurroundings, call: Call, make: Make): Promise<Changed> {
  const { target, subresource } = call
  let warnings: readonly string[] = []
  const written = await writeObject(around, {
    ...call,
    key: keyOf(target),
    decide: (current) => {
      if (current === undefined) throw missing(target)
      if (subresource === 'status') return reported(current, make(current), target)
      const submitted = subresource === 'scale' ? withScale(current, make(scaleOf(current))) : make(current)
      const wish = revised(current, submitted, target)
      if (wish === undefined) return undefined
      const admitted = admit(target.kind, { object: wish, current, ...call })
      warnings = admitted.warnings
      return counted(current, admitted.object, target.kind)
    },
  })
  const shown = subresource === 'scale' ? scaleOf(written.object) : written.object
  return { ...written, object: shown, warnings }
}

/** PUT replaces; kinds of our own ask for the version that was seen, as custom kinds do. */
export function replacement(body: Json, { target: { kind }, subresource }: Call): Make {
  const submitted = readApiObject(body)
  const { name, resourceVersion = '' } = submitted.metadata
  if (kind.isCustom && subresource !== 'scale' && resourceVersion === '') {
    const words = 'Invalid value: 0x0: must be specified for an update; get the object, change it, and send it back'
    throw invalid(kind, name, [cause('FieldValueInvalid', 'metadata.resourceVersion', words)])
  }
  return () => submitted
}

export function keyOf({ kind, namespace, name }: Call['target']): ObjectKey {
  return { kind: kind.kind, namespace: kind.isNamespaced ? namespace : '', name }
}
