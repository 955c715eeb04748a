import { Ajv } from 'ajv'
import type { Json, JsonObject } from '../../../src/record/record.ts'
import { applyConfiguration } from '../../../src/record/managed-fields/apply-configuration.ts'
import { describeConflicts } from '../../../src/record/managed-fields/describe-conflicts.ts'
import { isList, isMap, isSame } from '../../../src/record/managed-fields/json.ts'
import { keepTimes, updateManagedFields } from '../../../src/record/managed-fields/update-managed-fields.ts'
import { typingOfKind } from '../../../src/record/managed-fields/typing-of-schema.ts'
import { applyJsonPatch } from '../../../src/server/patch/json-patch.ts'
import { mergePatch } from '../../../src/server/patch/merge-patch.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { duplicateItems } from './duplicate-items.ts'
import { fillDefaults } from './fill-defaults.ts'
import { gadgetSchema } from './gadget-schema.ts'
import type { Answer, Operation } from './operation.ts'
import { prune } from './prune-gadget.ts'

const typing = typingOfKind(gadgetSchema)
const ajv = new Ajv({ strict: false, allErrors: false })
const fits = ajv.compile(forAjv(gadgetSchema))

/** Kubernetes' extensions in the words of JSON Schema. */
function forAjv(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"x-kubernetes-int-or-string":true', '"type":["integer","string"]')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was a JSON object before
  return JSON.parse(text) as JsonObject
}

/** The rules of a custom kind's life around our ownership: what the genuine server does with one object, as pure steps. */
export interface Step {
  readonly answer: Answer
  /** Undefined: gone. */
  readonly next: JsonObject | undefined
}

export function step(kept: JsonObject | undefined, operation: Operation): Step {
  const current = kept === undefined ? undefined : tidied(kept)
  try {
    return stepOrThrow(kept, current, operation)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, reason, message } = error
    return { answer: { code, reason, message, object: undefined, isNewVersion: false }, next: kept }
  }
}

class Refusal extends Error {
  readonly code: number
  readonly reason: string

  constructor(code: number, reason: string, message = '') {
    super(message)
    this.code = code
    this.reason = reason
  }
}

function stepOrThrow(kept: JsonObject | undefined, current: JsonObject | undefined, operation: Operation): Step {
  const { verb, subresource } = operation
  if (verb === 'create') {
    if (current !== undefined) throw new Refusal(409, 'AlreadyExists')
    return created(operation)
  }
  if (kept === undefined || current === undefined) {
    if (verb === 'apply' && subresource === '') return created(operation)
    throw new Refusal(404, 'NotFound')
  }
  return verb === 'delete' ? deleted(kept, current, operation.at) : updated(kept, current, operation)
}

/** Far from the `1` that a stale client sends. */
const firstVersion = '1000'

function created(operation: Operation): Step {
  const { verb, body, at, manager } = operation
  const asked = asMap(body)
  const given =
    verb === 'apply'
      ? appliedTo(undefined, operation)
      : updateManagedFields({
          before: undefined,
          after: readable(asked),
          manager,
          subresource: '',
          at: new Date(at),
          typing,
        })
  const { status: _dropped, ...rest } = given
  const metadata = { ...metadataOf(rest), uid: '$uid', namespace: 'default', generation: 1, creationTimestamp: at }
  const object = validated({ ...rest, metadata: { ...metadata, resourceVersion: firstVersion } }, undefined)
  return { answer: answerWith(201, object, true), next: object }
}

/** As a decoder leaves it: nothing unknown, defaults in place, no null that means left out, no empty metadata. */
function readable(asked: JsonObject): JsonObject {
  const filled = fillDefaults(prune(asked, gadgetSchema).object, gadgetSchema, 'drop nulls')
  return { ...filled, metadata: tidyMetadata(filled) }
}

function tidyMetadata(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadataOf(object)).filter(([, value]) => !isNothing(value)))
}

function appliedTo(live: JsonObject | undefined, operation: Operation): JsonObject {
  const { manager, subresource, force, at, body } = operation
  const outcome = applyConfiguration({
    live,
    applied: asMap(withVersion(body, live === undefined ? '' : (metadataOf(live)['resourceVersion'] ?? ''))),
    manager,
    subresource,
    force,
    at: new Date(at),
    typing,
  })
  if (outcome.kind === 'refused') throw new Refusal(400, 'BadRequest')
  if (outcome.kind === 'mistakes') throw new Refusal(500, '')
  if (outcome.kind === 'conflicts') throw new Refusal(409, 'Conflict', describeConflicts(outcome.conflicts).message)
  return fillDefaults(outcome.object, gadgetSchema, 'keep nulls')
}

function updated(kept: JsonObject, current: JsonObject, operation: Operation): Step {
  const { verb, manager, subresource, at } = operation
  const asked = verb === 'apply' ? appliedTo(current, operation) : readable(submitted(current, operation))
  const owned =
    verb === 'apply'
      ? asked
      : updateManagedFields({ before: current, after: asked, manager, subresource, at: new Date(at), typing })
  checkVersion(current, owned)
  const settled = subresource === 'status' ? withStatusOf(current, owned) : revised(current, owned)
  const object = validated(keepTimes(current, settled), current)
  const isNew = !isSame(kept, object)
  const version = String(Number(metadataOf(current)['resourceVersion']) + (isNew ? 1 : 0))
  const next = { ...object, metadata: { ...metadataOf(object), resourceVersion: version } }
  const isGone = isTerminating(next) && finalizersOf(next).length === 0
  // The last answer about an object was not read back: it shows even what holds nothing.
  return isGone
    ? { answer: asAnswered(200, next, false), next: undefined }
    : { answer: answerWith(200, next, isNew), next }
}

function submitted(current: JsonObject, { verb, body }: Operation): JsonObject {
  const concrete = withVersion(body, metadataOf(current)['resourceVersion'] ?? '')
  if (verb === 'replace') return asMap(concrete)
  if (verb === 'merge') return named(asMap(mergePatch(current, concrete)))
  try {
    return asMap(applyJsonPatch(current, concrete))
  } catch (error) {
    if (error instanceof ApiFailure) throw new Refusal(422, 'Invalid')
    throw error
  }
}

function named(asked: JsonObject): JsonObject {
  if (metadataOf(asked)['name'] === undefined) throw new Refusal(400, 'BadRequest')
  return asked
}

function withVersion(body: Json, version: Json): Json {
  if (body === '$current') return version
  if (isList(body)) return body.map((item) => withVersion(item, version))
  if (!isMap(body)) return body
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, withVersion(value, version)]))
}

function checkVersion(current: JsonObject, wish: JsonObject): void {
  const asked = metadataOf(wish)['resourceVersion']
  if (asked === undefined || asked === '' || asked === null) throw new Refusal(422, 'Invalid')
  if (asked !== metadataOf(current)['resourceVersion']) throw new Refusal(409, 'Conflict')
}

const serversOwn = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'selfLink',
]

function revised(current: JsonObject, wish: JsonObject): JsonObject {
  const { status: _ignored, metadata: _metadata, ...rest } = wish
  const metadata = { ...metadataOf(wish) }
  for (const name of serversOwn) {
    const kept = metadataOf(current)[name]
    if (kept === undefined) delete metadata[name]
    else metadata[name] = kept
  }
  const object = { ...rest, ...(current['status'] === undefined ? {} : { status: current['status'] }), metadata }
  if (isSame(bodyOf(current), bodyOf(object))) return object
  return { ...object, metadata: { ...metadata, generation: Number(metadata['generation'] ?? 0) + 1 } }
}

function bodyOf({ metadata: _metadata, status: _status, ...rest }: JsonObject): JsonObject {
  return rest
}

function withStatusOf(current: JsonObject, wish: JsonObject): JsonObject {
  const { status: _was, ...rest } = current
  const { managedFields: _entries, ...metadata } = metadataOf(rest)
  const { managedFields } = metadataOf(wish)
  return {
    ...rest,
    metadata: { ...metadata, ...(managedFields === undefined ? {} : { managedFields }) },
    ...(wish['status'] === undefined ? {} : { status: wish['status'] }),
  }
}

function validated(object: JsonObject, current: JsonObject | undefined): JsonObject {
  const tidy = tidied(object)
  if (!fits(tidy) || duplicateItems(tidy, gadgetSchema).length > 0) throw new Refusal(422, 'Invalid')
  const known = current === undefined ? [] : finalizersOf(current)
  const added = finalizersOf(tidy).filter((name) => !known.includes(name))
  if (current !== undefined && isTerminating(current) && added.length > 0) throw new Refusal(422, 'Invalid')
  return object
}

/** As it is read back: ObjectMeta leaves out what holds nothing, though the genuine server keeps what was applied until the next write. */
function tidied(object: JsonObject): JsonObject {
  return { ...object, metadata: tidyMetadata(object) }
}

function isNothing(value: Json): boolean {
  if (value === null || value === '') return true
  return isList(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

function deleted(kept: JsonObject, current: JsonObject, at: string): Step {
  if (finalizersOf(current).length === 0) {
    return { answer: { code: 200, reason: '', message: '', object: undefined, isNewVersion: true }, next: undefined }
  }
  if (isTerminating(current)) return { answer: answerWith(200, current, !isSame(kept, current)), next: current }
  const { generation, resourceVersion, ...metadata } = metadataOf(current)
  const next = {
    ...current,
    metadata: {
      ...metadata,
      generation: Number(generation) + 1,
      resourceVersion: String(Number(resourceVersion) + 1),
      deletionGracePeriodSeconds: 0,
      deletionTimestamp: at,
    },
  }
  return { answer: answerWith(200, next, true), next }
}

function answerWith(code: number, object: JsonObject, isNewVersion: boolean): Answer {
  return asAnswered(code, tidied(object), isNewVersion)
}

function asAnswered(code: number, object: JsonObject, isNewVersion: boolean): Answer {
  const { resourceVersion: _version, ...metadata } = metadataOf(object)
  return { code, reason: '', message: '', object: { ...object, metadata }, isNewVersion }
}

function isTerminating(object: JsonObject): boolean {
  return metadataOf(object)['deletionTimestamp'] !== undefined
}

function finalizersOf(object: JsonObject): readonly Json[] {
  const { finalizers } = metadataOf(object)
  return isList(finalizers) ? finalizers : []
}

function metadataOf({ metadata }: JsonObject): Record<string, Json> {
  return isMap(metadata) ? { ...metadata } : {}
}

function asMap(value: Json): JsonObject {
  return isMap(value) ? value : {}
}
