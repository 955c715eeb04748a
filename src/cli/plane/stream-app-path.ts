const group = 'streams.weirkeeper.dev/v1alpha1'

/** The collection of a namespace, or one of its StreamApps. */
export function streamAppPath(namespace: string, name?: string): string {
  const collection = `/apis/${group}/namespaces/${encodeURIComponent(namespace)}/streamapps`
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`
}

export function eventsOf(
  namespace: string,
  name: string,
): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`
  return { path, query: { fieldSelector: `involvedObject.kind=StreamApp,involvedObject.name=${name}` } }
}

/** `word-count`, `streamapp/word-count`, `streamapps word-count`: what a person may type. */
export function namesTyped(words: readonly string[]): readonly string[] {
  return words
    .filter((word) => !/^(streamapps?|stapp)$/i.test(word))
    .map((word) => word.replace(/^(streamapps?|stapp)\//i, ''))
}
