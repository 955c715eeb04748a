import { unreachable } from '../../base/unreachable.ts'
import type { JsonObject } from '../../record/record.ts'
import { invalid } from '../admit/admission.ts'
import { nullCauses } from '../admit/null-causes.ts'
import { objectAt, readApiObject, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { allKinds } from '../kinds/all-kinds.ts'
import { qualified, type ResourceKind } from '../kinds/resource-kind.ts'
import { applyConfiguration } from '../../record/managed-fields/apply-configuration.ts'
import { describeConflicts } from '../../record/managed-fields/describe-conflicts.ts'
import { typingOfKind } from '../../record/managed-fields/typing-of-schema.ts'
import type { Typing } from '../../record/managed-fields/typing.ts'
import { keepTimes, updateManagedFields } from '../../record/managed-fields/update-managed-fields.ts'
import type { Call } from './call.ts'

const typings: ReadonlyMap<ResourceKind, Typing> = new Map(allKinds.map((kind) => [kind, typingOfKind(kind.schema)]))

function common({ target, manager, subresource }: Call, nowMs: number) {
  const typing = typings.get(target.kind)
  if (typing === undefined) throw new Error(`${target.kind.kind} has no typing`)
  return { typing, manager, subresource: subresource ?? '', at: new Date(nowMs) }
}

/** Whoever changed a field owns it now. */
export function withOwners(current: ApiObject | undefined, object: ApiObject, call: Call, nowMs: number): ApiObject {
  const after = updateManagedFields({ ...common(call, nowMs), before: current, after: object })
  return readApiObject(current === undefined ? after : keepTimes(current, after))
}

/** What an apply worked out, unless it would change nothing but the times of entries. */
export function unlessOnlyTimes(current: ApiObject, object: ApiObject): ApiObject {
  return readApiObject(keepTimes(current, object))
}

/** What there is after `applied` was merged in. Fields that others own and that would change are a conflict. */
export function applied(
  current: ApiObject | undefined,
  configuration: JsonObject,
  call: Call,
  nowMs: number,
): ApiObject {
  const outcome = applyConfiguration({
    ...common(call, nowMs),
    live: current,
    applied: configuration,
    force: call.isForced,
  })
  switch (outcome.kind) {
    case 'applied':
      refuseNulls(outcome.object, call)
      return readApiObject(outcome.object)
    case 'conflicts':
      throw conflicting(outcome.conflicts, call)
    case 'mistakes':
      throw untypable(outcome.mistakes, call)
    case 'refused':
      throw new ApiFailure(failure('BadRequest', outcome.message))
    default:
      return unreachable(outcome)
  }
}

function refuseNulls(object: JsonObject, { target: { kind, name }, subresource }: Call): void {
  if (!kind.isCustom) return
  const part = subresource === 'status' ? 'status' : 'spec'
  const causes = nullCauses(object[part], objectAt(objectAt(kind.schema, 'properties'), part), part)
  if (causes.length > 0) throw invalid(kind, name, causes)
}

function conflicting(conflicts: Parameters<typeof describeConflicts>[0], { target }: Call): ApiFailure {
  const { message, causes } = describeConflicts(conflicts)
  const { kind, name } = target
  return new ApiFailure(failure('Conflict', message, { name, group: kind.group, kind: kind.plural, causes }))
}

function untypable(mistakes: readonly string[], { target: { kind, namespace, name } }: Call): ApiFailure {
  // What stands in a Secret is shown to nobody, not even where it is wrong.
  const told = kind.kind === 'Secret' ? mistakes.map((mistake) => mistake.replace(/, got .*$/s, '')) : mistakes
  const object = namespace === '' ? name : `${namespace}/${name}`
  const words = `failed to create typed patch object (${object}; ${qualified(kind)}): ${told.join('; ')}`
  return new ApiFailure(failure('BadRequest', words))
}
