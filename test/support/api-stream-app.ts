import type { Fields } from './api-server.ts'

export const streamApps = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps'

/** A StreamApp as small as one can be: what a test is about is added to it. */
export function streamApp(name: string, { metadata, ...spec }: Fields = {}): Fields {
  return {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'StreamApp',
    metadata: { name, ...metadata },
    spec: {
      // One StreamApp runs an app.
      app: `a-${name === '' ? 'new' : name}`,
      topology: { operators: [{ name: 'counts', changelog: 'compact', sources: ['lines'] }] },
      topics: [{ name: 'lines', partitions: 6 }],
      ...spec,
    },
  }
}
