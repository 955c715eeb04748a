import { fieldsOf } from '../../base/fields-of.ts'
import { ok, type Result } from '../../base/result.ts'
import { listOf, textOf } from './kept-view.ts'
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
 * `word-count`, `streamapp word-count`, `gitsources`, `secret/git-token streamapp/word-count`, `sapp,gitsrc`: a first word that
 * names kinds is that, one with a slash names a kind and an object, any other a StreamApp. Our own kinds are known; for others
 * discovery is asked. Nothing for no words.
 */
export async function typedObjects(
  words: readonly string[],
  client: PlaneClient,
  signal: AbortSignal,
): Promise<Result<readonly TypedObjects[], PlaneFailure>> {
  const [first = '', ...rest] = words
  const kindWords = [...first.split('/', 1).flatMap((word) => word.split(',')), ...rest.flatMap(slashedKind)]
  const found = await kindsNamed(kindWords, client, signal)
  if (!found.ok) return found
  const heads = first.includes('/') ? [] : first.split(',').flatMap((word) => found.value.get(word) ?? [])
  if (heads.length > 0) {
    const names = rest.map((word) => word.slice(word.indexOf('/') + 1))
    return ok(heads.map((kind) => ({ kind, names })))
  }
  const typed = words.map((word) => typedObject(word, found.value))
  const kinds = [...new Set(typed.map(({ kind }) => kind))]
  return ok(kinds.map((kind) => ({ kind, names: typed.filter((one) => one.kind === kind).map(({ name }) => name) })))
}

const slashedKind = (word: string): readonly string[] => (word.includes('/') ? word.split('/', 1) : [])

function typedObject(word: string, kinds: ReadonlyMap<string, PlaneKind>): { kind: PlaneKind; name: string } {
  const kind = kinds.get(slashedKind(word)[0] ?? '')
  return kind === undefined ? { kind: streamAppKind, name: word } : { kind, name: word.slice(word.indexOf('/') + 1) }
}

/** Of the words that name kinds, which. */
async function kindsNamed(
  words: readonly string[],
  client: PlaneClient,
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, PlaneKind>, PlaneFailure>> {
  const own = [streamAppKind, gitSourceKind]
  const areOwn = words.every((word) => word === '' || own.some((kind) => isNamed(kind, word)))
  const served = areOwn ? ok([]) : await servedKinds(client, signal)
  if (!served.ok) return served
  const kinds = [...own, ...served.value]
  return ok(
    new Map(
      words.flatMap((word) => {
        const kind = kinds.find((one) => isNamed(one, word))
        return kind === undefined ? [] : [[word, kind] as const]
      }),
    ),
  )
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
