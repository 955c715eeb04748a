import type { NamedApp } from './plane-object.ts'

const group = 'streams.weirkeeper.dev/v1alpha1'

/** The collection of a namespace, or one of its StreamApps. */
export function streamAppPath({ namespace, name }: Pick<NamedApp, 'namespace'> & Partial<NamedApp>): string {
  const collection = `/apis/${group}/namespaces/${encodeURIComponent(namespace)}/streamapps`
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`
}

/** The events of a namespace, or those about one object of it. */
export function eventsOf(
  namespace: string,
  about?: { readonly kind: string; readonly name: string },
): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`
  if (about === undefined) return { path, query: {} }
  return { path, query: { fieldSelector: `involvedObject.kind=${about.kind},involvedObject.name=${about.name}` } }
}

/** `word-count`, `streamapp/word-count`, `streamapps word-count`: what a person may type. */
export function appsTyped(words: readonly string[], namespace: string): readonly NamedApp[] {
  const [first = '', ...rest] = words
  const names = /^(streamapps?|sapp|stapp)$/i.test(first) && rest.length > 0 ? rest : words
  return names.map((word) => ({ namespace, name: word.replace(/^(streamapps?|sapp|stapp)\//i, '') }))
}
