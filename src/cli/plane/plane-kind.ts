import { ok, type Result } from '../../base/result.ts'
import { fieldsOf, listOf, textOf } from './kept-view.ts'
import type { PlaneClient, PlaneFailure } from './plane-client.ts'

/** A kind that the control plane serves, as its discovery lists it. */
export interface PlaneKind {
  /** Empty for the core kinds. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly isNamespaced: boolean
  readonly verbs: readonly string[]
}

const ours = { group: 'streams.weirkeeper.dev', version: 'v1alpha1', isNamespaced: true, verbs: [] } as const

/** Known without asking: what `weir` is about. */
const streamAppKind: PlaneKind = {
  ...ours,
  kind: 'StreamApp',
  plural: 'streamapps',
  singular: 'streamapp',
  shortNames: ['sapp', 'stapp'],
}

const gitSourceKind: PlaneKind = {
  ...ours,
  kind: 'GitSource',
  plural: 'gitsources',
  singular: 'gitsource',
  shortNames: ['gitsrc'],
}

/** Of the two kinds that manifests declare. */
export function ownKind(kind: 'StreamApp' | 'GitSource'): PlaneKind {
  return kind === 'StreamApp' ? streamAppKind : gitSourceKind
}

/** What a person typed: objects of one kind, all of them where no name is said. */
export interface TypedObjects {
  readonly kind: PlaneKind
  readonly names: readonly string[]
}

/**
 * `word-count`, `streamapp word-count`, `gitsources`, `secret/git-token`: a first
 * word that names a kind is one, any other names a StreamApp. Our own kinds are known; for others discovery is asked.
 */
export async function typedObjects(
  words: readonly string[],
  client: PlaneClient,
  signal: AbortSignal,
): Promise<Result<TypedObjects, PlaneFailure>> {
  const [first] = words
  if (first === undefined) return ok({ kind: streamAppKind, names: [] })
  const [kindWord = '', slashed] = first.split('/')
  const own = [streamAppKind, gitSourceKind].find((kind) => isNamed(kind, kindWord))
  const found = own === undefined ? await findKind(kindWord, client, signal) : ok(own)
  if (!found.ok) return found
  if (found.value === undefined) return ok({ kind: streamAppKind, names: words })
  if (slashed === undefined) return ok({ kind: found.value, names: words.slice(1) })
  return ok({ kind: found.value, names: words.map((word) => word.slice(word.indexOf('/') + 1)) })
}

async function findKind(
  word: string,
  client: PlaneClient,
  signal: AbortSignal,
): Promise<Result<PlaneKind | undefined, PlaneFailure>> {
  const kinds = await servedKinds(client, signal)
  return kinds.ok ? ok(kinds.value.find((kind) => isNamed(kind, word))) : kinds
}

function isNamed({ plural, singular, shortNames, group }: PlaneKind, word: string): boolean {
  return [plural, singular, ...shortNames, `${plural}.${group}`].includes(word.toLowerCase())
}

const asDiscovery = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Every kind that is kept there, the core ones first. */
export async function servedKinds(
  client: PlaneClient,
  signal: AbortSignal,
): Promise<Result<readonly PlaneKind[], PlaneFailure>> {
  const kinds: PlaneKind[] = []
  for (const path of ['/api', '/apis']) {
    const reply = await client.ask({ method: 'GET', path, accept: asDiscovery }, signal)
    if (!reply.ok) return reply
    kinds.push(...listOf(fieldsOf(reply.value.body)['items']).flatMap(kindsOfGroup))
  }
  return ok(kinds)
}

function kindsOfGroup(item: unknown): readonly PlaneKind[] {
  const { metadata, versions } = fieldsOf(item)
  const group = textOf(fieldsOf(metadata)['name'])
  return listOf(versions).flatMap((entry) => {
    const { version, resources } = fieldsOf(entry)
    return listOf(resources).map((resource) => kindOf(fieldsOf(resource), group, textOf(version)))
  })
}

function kindOf(resource: Readonly<Record<string, unknown>>, group: string, version: string): PlaneKind {
  return {
    group,
    version,
    kind: textOf(fieldsOf(resource['responseKind'])['kind']),
    plural: textOf(resource['resource']),
    singular: textOf(resource['singularResource']),
    shortNames: listOf(resource['shortNames']).map(textOf),
    isNamespaced: resource['scope'] === 'Namespaced',
    verbs: listOf(resource['verbs']).map(textOf),
  }
}

/** Where objects of a kind are: one by name, those of a namespace, or (`undefined`) those of all namespaces. */
export function kindPath(kind: PlaneKind, namespace: string | undefined, name?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const within = kind.isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const collection = `${root}${within}/${kind.plural}`
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`
}

/** `streamapps.streams.weirkeeper.dev`, as messages name it. */
export function qualifiedKind({ plural, group }: PlaneKind): string {
  return group === '' ? plural : `${plural}.${group}`
}
