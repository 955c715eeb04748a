import type { PlainApiServer } from '../../support/plain-api-server.ts'
import type { Collection } from './served-object.ts'

/** Those of a namespace, on whichever server. */
export function gitSourcesAt(baseUrl: string, namespace: string, headers: Collection['headers'] = {}): Collection {
  const url = `${baseUrl}/apis/streams.weirkeeper.dev/v1alpha1/namespaces/${namespace}/gitsources`
  return { url, kind: 'GitSource', headers }
}

/** On our server, in a namespace that is made for them. */
export async function gitSourcesIn(namespace: string, { url, headers }: PlainApiServer): Promise<Collection> {
  await fetch(`${url}/api/v1/namespaces`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
  })
  return gitSourcesAt(url, namespace, headers)
}

export function gitSource(name: string, tier: string): object {
  return {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'GitSource',
    metadata: { name, labels: { tier } },
    spec: { url: `https://example.com/${name}.git`, branch: 'main', path: 'apps' },
  }
}

/** A conversation with the genuine server, to be had again with ours. */
export interface CollectionRecord {
  readonly seed: number
  readonly steps: number
  /** To each request in turn. */
  readonly answers: readonly string[]
}
