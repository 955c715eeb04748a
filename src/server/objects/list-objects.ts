import { cause, invalid } from '../admit/admission.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { CachedObject } from '../cache/cached-object.ts'
import type { ObjectCache, Snapshot } from '../cache/object-cache.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { parseFieldSelector } from '../select/field-selector.ts'
import { parseLabelSelector } from '../select/label-selector.ts'
import type { ApiObject } from '../api-object.ts'

/** An object and its JSON. */
export interface Listable {
  readonly object: ApiObject
  readonly json: string
}

/** Which objects of a collection are asked for. */
export type Selects = (object: ApiObject) => boolean

export interface ListOptions {
  readonly selects: Selects | undefined
  readonly limit: number | undefined
  readonly continued: Continued | undefined
  readonly version:
    | { readonly kind: 'latest' }
    | { readonly kind: 'any' }
    | { readonly kind: 'atLeast' | 'exactly'; readonly version: number }
}

/** Where the next page begins, and in which version of the list. */
interface Continued {
  readonly version: number
  /** After this namespace and name. */
  readonly after: readonly [namespace: string, name: string]
}

export interface ListPage extends Snapshot {
  readonly continue: string | undefined
  /** Undefined where a selector would have to be tried on all the rest. */
  readonly remaining: number | undefined
}

export function readSelectors(query: URLSearchParams, kind: ResourceKind): Selects | undefined {
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  if (labels === '' && fields === '') return undefined
  const byLabel = parseLabelSelector(labels)
  const byField = parseFieldSelector(fields, kind)
  return (object) => byLabel(object.metadata.labels ?? {}) && byField(object)
}

export function readListOptions(query: URLSearchParams, kind: ResourceKind): ListOptions {
  const asked = wholeNumber(query, 'limit')
  const limit = asked === 0 ? undefined : asked
  const token = query.get('continue') ?? ''
  return {
    selects: readSelectors(query, kind),
    limit,
    continued: token === '' ? undefined : readContinue(token),
    version: readVersion(query, limit),
  }
}

export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? ''
  if (text === '') return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new ApiFailure(
    failure('BadRequest', `${name} must be a whole number, not ${JSON.stringify(text.slice(0, 60))}`),
  )
}

/** Source: Kubernetes API concepts, "Resource versions", `get` and `list`. */
function readVersion(query: URLSearchParams, limit: number | undefined): ListOptions['version'] {
  const version = wholeNumber(query, 'resourceVersion')
  const match = query.get('resourceVersionMatch') ?? ''
  checkMatch(match, version)
  if (version === undefined) return { kind: 'latest' }
  if (version === 0) return { kind: 'any' }
  // A page of a version that is named is one of just that version: so it was before there was a match to say it.
  const isPage = match === '' && limit !== undefined
  return { kind: match === 'Exact' || isPage ? 'exactly' : 'atLeast', version }
}

function checkMatch(match: string, version: number | undefined): void {
  if (match === '') return
  if (version === undefined) throw wrongMatch('Forbidden: it is forbidden unless resourceVersion is given')
  if (match !== 'Exact' && match !== 'NotOlderThan') throw wrongMatch('Unsupported value: write Exact or NotOlderThan')
  if (match === 'Exact' && version === 0) throw wrongMatch('Forbidden: Exact needs a resourceVersion other than 0')
}

function wrongMatch(words: string): ApiFailure {
  const field = 'resourceVersionMatch'
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [cause('FieldValueForbidden', field, words)])
}

function readContinue(token: string): Continued {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(read)) {
      const [version, namespace, name]: readonly unknown[] = read
      if (Number.isSafeInteger(version) && typeof namespace === 'string' && typeof name === 'string')
        return { version: Number(version), after: [namespace, name] }
    }
  } catch {
    // Said below: whatever it was, we did not write it.
  }
  throw new ApiFailure(
    failure('BadRequest', 'continue key is not valid: send back what the list before gave in metadata.continue'),
  )
}

function printContinue({ version, after }: Continued): string {
  return Buffer.from(JSON.stringify([version, ...after])).toString('base64url')
}

/** A list, or a page of one. All pages show the list as it was at the version of the first. */
export async function listObjects(
  cache: ObjectCache,
  kind: string,
  namespace: string | undefined,
  options: ListOptions,
): Promise<ListPage> {
  const snapshot = await snapshotFor(cache, kind, namespace, options)
  const after = options.continued?.after
  const rest = after === undefined ? snapshot.objects : snapshot.objects.slice(beginning(snapshot.objects, after))
  const { selects } = options
  const chosen = selects === undefined ? rest : rest.filter(({ object }) => selects(object))
  return pageOf(chosen, snapshot.version, options)
}

async function snapshotFor(
  cache: ObjectCache,
  kind: string,
  namespace: string | undefined,
  { continued, version }: ListOptions,
): Promise<Snapshot> {
  if (continued !== undefined) {
    await catchUp(cache, continued.version)
    return exactly(cache, kind, namespace, continued.version)
  }
  if (version.kind === 'exactly') {
    await catchUp(cache, version.version)
    return exactly(cache, kind, namespace, version.version)
  }
  if (version.kind === 'latest' || cache.version === 0) await cache.fresh()
  if (version.kind === 'atLeast') await catchUp(cache, version.version)
  return cache.list(kind, namespace)
}

function exactly(cache: ObjectCache, kind: string, namespace: string | undefined, version: number): Snapshot {
  const snapshot = cache.listAt(kind, namespace, version)
  if (snapshot !== undefined) return snapshot
  throw new ApiFailure(
    failure(
      'Expired',
      'The provided continue parameter or resourceVersion is too old to display a consistent list result. Start the list again without it.',
    ),
  )
}

/** A client may have seen what another dyno wrote a moment ago; what nobody wrote yet is not waited for. */
export async function catchUp(cache: ObjectCache, version: number): Promise<void> {
  if (cache.version < version) await cache.fresh()
  if (cache.version >= version) return
  const words = `Too large resource version: ${version}, current: ${cache.version}`
  throw new ApiFailure(
    failure('Timeout', words, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    }),
  )
}

function beginning(objects: readonly CachedObject[], [namespace, name]: Continued['after']): number {
  const found = objects.findIndex(
    ({ key }) => key.namespace > namespace || (key.namespace === namespace && key.name > name),
  )
  return found === -1 ? objects.length : found
}

function pageOf(chosen: readonly CachedObject[], version: number, { limit, selects }: ListOptions): ListPage {
  const objects = limit === undefined ? chosen : chosen.slice(0, limit)
  const last = objects.at(-1)
  const remaining = chosen.length - objects.length
  if (remaining === 0 || last === undefined) return { objects, version, continue: undefined, remaining: undefined }
  const after = [last.key.namespace, last.key.name] as const
  return {
    objects,
    version,
    continue: printContinue({ version, after }),
    remaining: selects === undefined ? remaining : undefined,
  }
}
