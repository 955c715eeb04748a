/** What a path asks for. Source: Kubernetes API concepts, "Resource URIs". */
export type Route =
  | { readonly kind: 'probe'; readonly name: 'healthz' | 'livez' | 'readyz' }
  | { readonly kind: 'version' }
  /** `/api`: the versions of the core group. `/apis`: all other groups. */
  | { readonly kind: 'groups'; readonly core: boolean }
  /** `/apis/GROUP` */
  | { readonly kind: 'group'; readonly group: string }
  /** `/api/v1`, `/apis/GROUP/VERSION` */
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'openapi'; readonly path: string }
  | ResourceRoute

export interface ResourceRoute {
  readonly kind: 'resource'
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Undefined: cluster-wide, or all namespaces. */
  readonly namespace: string | undefined
  /** Undefined: the collection. */
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** Undefined where no such path is served. Path segments come decoded. */
export function parseRoute(path: string): Route | undefined {
  const segments = path.split('/').filter((segment) => segment !== '')
  const [first = '', ...rest] = segments
  if (isProbe(first)) return { kind: 'probe', name: first }
  switch (first) {
    case 'version':
      return rest.length === 0 ? { kind: 'version' } : undefined
    case 'openapi':
      return { kind: 'openapi', path: rest.join('/') }
    case 'api':
      return rest.length === 0 ? { kind: 'groups', core: true } : versioned('', rest)
    case 'apis':
      return grouped(rest)
    default:
      return undefined
  }
}

function isProbe(name: string): name is 'healthz' | 'livez' | 'readyz' {
  return name === 'healthz' || name === 'livez' || name === 'readyz'
}

function grouped([group, ...rest]: readonly string[]): Route | undefined {
  if (group === undefined) return { kind: 'groups', core: false }
  return rest.length === 0 ? { kind: 'group', group } : versioned(group, rest)
}

function versioned(group: string, [version, ...rest]: readonly string[]): Route | undefined {
  if (version === undefined) return undefined
  if (rest.length === 0) return { kind: 'resources', group, version }
  const [first, namespace, ...inside] = rest
  // `/namespaces/NAME` names the namespace itself, and so do its own subresources.
  const isInNamespace = first === 'namespaces' && namespace !== undefined && inside.length > 0 && !isOfNamespace(inside)
  const [plural, name, subresource, ...more] = isInNamespace ? inside : rest
  if (plural === undefined || more.length > 0) return undefined
  return {
    kind: 'resource',
    group,
    version,
    plural,
    namespace: isInNamespace ? namespace : undefined,
    name,
    subresource,
  }
}

function isOfNamespace(inside: readonly string[]): boolean {
  return inside.length === 1 && (inside[0] === 'status' || inside[0] === 'finalize')
}
