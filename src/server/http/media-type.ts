/** One media type of an `Accept` header, as the client ordered them. */
interface MediaType {
  readonly type: string
  readonly params: Readonly<Record<string, string>>
}

/** How a client wants an object, or a list of them, shown. */
export type Form = 'object' | 'table' | 'partial'

/** The first of what the client accepts that we can make. Undefined where we can make none of it. */
export function chooseForm(accept: string | undefined): Form | undefined {
  for (const { type, params } of parseAccept(accept)) {
    if (!isJson(type)) continue
    const { as, g, v } = params
    if (as === undefined) return 'object'
    if (g !== 'meta.k8s.io' || v !== 'v1') continue
    if (as === 'Table') return 'table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'partial'
  }
  return undefined
}

export type DiscoveryForm = 'plain' | 'v2' | 'v2beta1'

/** Aggregated discovery (Kubernetes 1.26 on): everything in two answers. */
export function chooseDiscovery(accept: string | undefined): DiscoveryForm | undefined {
  for (const { type, params } of parseAccept(accept)) {
    if (!isJson(type)) continue
    const { as, g, v } = params
    if (as === undefined) return 'plain'
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && (v === 'v2' || v === 'v2beta1')) return v
  }
  return undefined
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === '*/*' || type === 'application/*'
}

export function parseAccept(accept: string | undefined): readonly MediaType[] {
  if (accept === undefined || accept.trim() === '') return [{ type: '*/*', params: {} }]
  return accept.split(',').map((part) => {
    const [type = '', ...params] = part.split(';').map((piece) => piece.trim())
    const pairs = params.map((param) => param.split('=', 2)).filter(([name]) => name !== 'q')
    return { type, params: Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value])) }
  })
}
