import { asJson } from '../../src/record/as-json.ts'
import { declare, type KeptObject } from '../../src/record/object-life.ts'
import type { ObjectKey } from '../../src/record/record.ts'

export const sourceKey: ObjectKey = { kind: 'GitSource', namespace: 'default', name: 'shop' }

/** A GitSource as the control plane would keep it just after it was declared. */
export function keptSource(spec: object = {}, name = 'shop'): KeptObject {
  const declaration = {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'GitSource',
    metadata: { name, namespace: 'default' },
    spec: asJson({ url: 'https://git.example/shop.git', path: 'streams', ...spec }),
  }
  return declare(undefined, declaration, { uid: `uid-of-${name}`, at: new Date(0), finalizers: [] })
}

interface ManifestOptions {
  readonly app?: string
  readonly threads?: number
  /** Lines of YAML under `metadata`. */
  readonly metadata?: string
}

/** The manifest of a StreamApp that copies one topic into another. */
export function copyManifest(
  name: string,
  { app = `app-${name}`, threads = 1, metadata = '' }: ManifestOptions = {},
): string {
  return `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata:
  name: ${name}
${metadata}spec:
  app: ${app}
  topology:
    describe: |
      Topologies:
         Sub-topology: 0
          Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
            --> KSTREAM-SINK-0000000001
          Sink: KSTREAM-SINK-0000000001 (topic: copies)
            <-- KSTREAM-SOURCE-0000000000
  topics:
    - { name: lines, partitions: 2 }
    - { name: copies, partitions: 2 }
  streams: { threads: ${threads} }
`
}
