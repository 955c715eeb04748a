import type { Json } from '../../record/record.ts'
import { readSubmitted, type Submitted } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { Call, ObjectsSurroundings } from '../objects/call.ts'
import { changeObject, type Changed, type Make } from '../objects/change-objects.ts'
import { applyObject } from '../objects/apply-object.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { strategicMergePatch } from '../patch/strategic-merge-patch.ts'
import { contentType, parseYaml, unsupported, type Asked } from './asked.ts'
import { parseBody } from './read-body.ts'
import { wrongOption } from './read-call.ts'
import { doubting } from './resource-request.ts'

type Patch = (target: Json, patch: Json) => Json

/** A map, since a client's word looks up nothing on a prototype. */
const patches: ReadonlyMap<string, Patch> = new Map([
  ['application/merge-patch+json', mergePatch],
  ['application/json-patch+json', applyJsonPatch],
  ['application/strategic-merge-patch+json', strategicMergePatch],
])
const applyType = 'application/apply-patch+yaml'

/** PATCH: four ways to say what is to change. */
export async function servePatch(around: ObjectsSurroundings, call: Call, asked: Asked): Promise<Changed> {
  const type = contentType(asked)
  const patch = patchFor(type, call)
  if (patch !== undefined) {
    if (asked.query.has('force'))
      throw wrongOption('FieldValueForbidden', 'force', 'Forbidden: it is for an apply only')
    const body = parseBody(await asked.bytes())
    return changeObject(around, { ...doubting(call, body), isPatch: true }, patched(patch, body.value))
  }
  if (type !== applyType) throw unsupported(type, typesFor(call))
  if ((asked.query.get('fieldManager') ?? '') === '') {
    throw wrongOption('FieldValueRequired', 'fieldManager', 'Required value: is required for apply patch')
  }
  const body = parseYaml(await asked.bytes())
  return applyObject(around, doubting(call, body), body.value)
}

/** Our own kinds have no strategic merge: kubectl then says to use `--type merge`. */
function patchFor(type: string, { target, subresource }: Call): Patch | undefined {
  const isStrategic = type.startsWith('application/strategic')
  return isStrategic && (target.kind.isCustom || subresource === 'scale') ? undefined : patches.get(type)
}

function typesFor(call: Call): readonly string[] {
  return [...[...patches.keys()].filter((type) => patchFor(type, call) !== undefined), applyType]
}

function patched(patch: Patch, body: Json): Make {
  return (current) => readOutcome(patch(current, body))
}

/** What a patch came to and is no object is the patch's fault, and not that of the request's form. */
function readOutcome(value: Json): Submitted {
  try {
    return readSubmitted(value)
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status.reason !== 'BadRequest') throw error
    throw new ApiFailure(failure('Invalid', error.status.message))
  }
}
