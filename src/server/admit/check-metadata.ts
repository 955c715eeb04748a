import type { ObjectMeta, OwnerReference } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause } from './admission.ts'

const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const qualifiedName = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/
const mostAnnotationBytes = 256 * 1024

/** What Kubernetes asks of every object's metadata. Source: Kubernetes, "Object Names and IDs", "Labels and Selectors". */
export function metadataCauses(metadata: ObjectMeta, { kind }: Pick<ResourceKind, 'kind'>): readonly StatusCause[] {
  return [
    ...nameCauses(metadata.name, kind),
    ...labelCauses(metadata.labels ?? {}),
    ...annotationCauses(metadata.annotations ?? {}),
    ...finalizerCauses(metadata.finalizers ?? []),
    ...ownerCauses(metadata.ownerReferences ?? []),
  ]
}

/** Source: apimachinery, `ValidateOwnerReferences`. */
function ownerCauses(owners: readonly Partial<OwnerReference>[]): readonly StatusCause[] {
  const required = ['apiVersion', 'kind', 'name', 'uid'] as const
  const empty = owners.flatMap((owner, index) =>
    required
      .filter((field) => (owner[field] ?? '') === '')
      .map((field) =>
        cause('FieldValueRequired', `metadata.ownerReferences[${index}].${field}`, 'Required value: must not be empty'),
      ),
  )
  const inCharge = owners.filter(({ controller }) => controller === true)
  if (inCharge.length < 2) return empty
  const names = inCharge.map(({ kind, name }) => `${kind}/${name}`).join(' and ')
  const words = `Invalid value: only one owner can have controller: true, and ${names} have it`
  return [...empty, cause('FieldValueInvalid', 'metadata.ownerReferences', words)]
}

function nameCauses(name: string, kind: string): readonly StatusCause[] {
  const isLabel = kind === 'Namespace'
  const most = isLabel ? 63 : 253
  if (name.length <= most && (isLabel ? label : subdomain).test(name)) return []
  const letters = `lower-case letters, digits${isLabel ? ' and' : ','} dashes${isLabel ? '' : ' and dots'}`
  const words = `Invalid value: ${JSON.stringify(name.slice(0, 100))}: write ${letters}, beginning and ending with a letter or digit, at most ${most}`
  return [cause('FieldValueInvalid', 'metadata.name', words)]
}

function labelCauses(labels: Readonly<Record<string, string>>): readonly StatusCause[] {
  return Object.entries(labels).flatMap(([name, value]) => [
    ...(qualifiedName.test(name) ? [] : [badName('metadata.labels', name)]),
    ...(labelValue.test(value)
      ? []
      : [
          cause(
            'FieldValueInvalid',
            'metadata.labels',
            `Invalid value: ${JSON.stringify(value.slice(0, 100))}: a label's value has at most 63 letters, digits, dashes, dots and underscores; put longer text into an annotation`,
          ),
        ]),
  ])
}

function annotationCauses(annotations: Readonly<Record<string, string>>): readonly StatusCause[] {
  const entries = Object.entries(annotations)
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
  return [
    ...entries.filter(([name]) => !qualifiedName.test(name)).map(([name]) => badName('metadata.annotations', name)),
    ...(bytes <= mostAnnotationBytes
      ? []
      : [
          cause(
            'FieldValueTooLong',
            'metadata.annotations',
            `Too long: may not be more than ${mostAnnotationBytes} bytes`,
          ),
        ]),
  ]
}

function finalizerCauses(finalizers: readonly string[]): readonly StatusCause[] {
  return finalizers.filter((name) => !qualifiedName.test(name)).map((name) => badName('metadata.finalizers', name))
}

function badName(field: string, name: string): StatusCause {
  const words = `Invalid value: ${JSON.stringify(name.slice(0, 100))}: write a name like example.com/my-name, at most 63 letters, digits, dashes, dots and underscores after the slash`
  return cause('FieldValueInvalid', field, words)
}
