import type { JsonObject } from '../record/record.ts'
import type { DiscoveryForm } from './http/media-type.ts'
import { allKinds } from './kinds/all-kinds.ts'
import { apiVersionOf, type Listed, type Subresource } from './kinds/resource-kind.ts'
import { reviewKinds } from './access/review-kinds.ts'

const listed: readonly Listed[] = [...allKinds, ...reviewKinds]
const groupNames: readonly string[] = [...new Set(listed.map(({ group }) => group))]

interface ListedSubresource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

function subresourceOf(kind: Listed, name: Subresource): ListedSubresource {
  const { group, version } = kind
  if (name === 'log') return { group, version, kind: kind.kind, verbs: ['get'] }
  if (name === 'plan') return { group, version, kind: `${kind.kind}Plan`, verbs: ['create', 'get'] }
  const verbs = ['get', 'patch', 'update']
  if (name === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs }
  if (name === 'token')
    return { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] }
  return { group, version, kind: kind.kind, verbs }
}

/** `/api` and `/apis`. Undefined where the form is not known. */
export function discoverGroups(isCore: boolean, form: DiscoveryForm): JsonObject {
  if (form !== 'plain') return aggregated(isCore, form)
  if (isCore) return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  const groups = groupNames.filter((name) => name !== '').map(groupOf)
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** `/apis/GROUP`. Undefined where there is no such group. */
export function discoverGroup(name: string): JsonObject | undefined {
  return name !== '' && groupNames.includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name) } : undefined
}

function groupOf(name: string): JsonObject {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, ...(versions[0] === undefined ? {} : { preferredVersion: versions[0] }) }
}

function versionsOf(group: string): readonly string[] {
  return [...new Set(listed.filter((kind) => kind.group === group).map(({ version }) => version))]
}

/** `/api/v1`, `/apis/GROUP/VERSION`. Undefined where there is no such version. */
export function discoverResources(group: string, version: string): JsonObject | undefined {
  const kinds = listed.filter((kind) => kind.group === group && kind.version === version)
  if (kinds.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: kinds.flatMap(resourcesOf),
  }
}

function resourcesOf(kind: Listed): readonly JsonObject[] {
  const { plural, singular, isNamespaced, verbs, shortNames, categories } = kind
  const main: JsonObject = {
    name: plural,
    singularName: singular,
    namespaced: isNamespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  }
  const below = kind.subresources.map((name): JsonObject => {
    const sub = subresourceOf(kind, name)
    return {
      name: `${plural}/${name}`,
      singularName: '',
      namespaced: isNamespaced,
      group: sub.group,
      version: sub.version,
      kind: sub.kind,
      verbs: sub.verbs,
    }
  })
  return [main, ...below]
}

function aggregated(isCore: boolean, version: 'v2' | 'v2beta1'): JsonObject {
  const names = groupNames.filter((name) => (name === '') === isCore)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: names.map((name) => ({
      metadata: { name },
      versions: versionsOf(name).map((groupVersion) => ({
        version: groupVersion,
        freshness: 'Current',
        resources: listed
          .filter((kind) => kind.group === name && kind.version === groupVersion)
          .map(aggregatedResource),
      })),
    })),
  }
}

function aggregatedResource(kind: Listed): JsonObject {
  const { group, version, plural, singular, isNamespaced, verbs, shortNames, categories } = kind
  return {
    resource: plural,
    responseKind: { group, version, kind: kind.kind },
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(kind.subresources.length === 0
      ? {}
      : {
          subresources: kind.subresources.map((name) => {
            const sub = subresourceOf(kind, name)
            const responseKind = { group: sub.group, version: sub.version, kind: sub.kind }
            return { subresource: name, responseKind, verbs: sub.verbs }
          }),
        }),
  }
}
