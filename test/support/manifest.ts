import { checkStreamApp, type CheckedStreamApp } from '../../src/resource/check-stream-app.ts'
import { parseManifests, type ParsedManifests } from '../../src/resource/parse-manifests.ts'

/** A manifest that is right; a test names only what it is about. */
export const goodManifest = `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata: { name: word-count }
spec:
  app: my-heroku-app
  topology:
    describe: |
      Topologies:
         Sub-topology: 0
          Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
            --> KSTREAM-AGGREGATE-0000000001
          Processor: KSTREAM-AGGREGATE-0000000001 (stores: [counts])
            --> KTABLE-TOSTREAM-0000000002
            <-- KSTREAM-SOURCE-0000000000
          Processor: KTABLE-TOSTREAM-0000000002 (stores: [])
            --> KSTREAM-SINK-0000000003
            <-- KSTREAM-AGGREGATE-0000000001
          Sink: KSTREAM-SINK-0000000003 (topic: word-counts)
            <-- KTABLE-TOSTREAM-0000000002
    stores: [ { name: counts, windowed: false } ]
  topics:
    - { name: lines, partitions: 6, retention: 24h }
    - { name: word-counts, partitions: 6, cleanupPolicy: compact }
`

export function parsed(...texts: readonly string[]): ParsedManifests {
  return parseManifests(
    texts.map((text, index) => ({ name: `${index + 1}.yaml`, bytes: new TextEncoder().encode(text) })),
  )
}

/** What parsing has against the texts, one line each. */
export function mistakesIn(...texts: readonly string[]): readonly string[] {
  return parsed(...texts).mistakes.map(({ file, line, column, endColumn, path, message, hint }) => {
    const place = `${file}:${line}:${column}-${endColumn}`
    return `${place} ${path} ${message}${hint === undefined ? '' : ` (${hint})`}`
  })
}

/** A well-formed text, checked for its meaning. */
export function checked(text: string): CheckedStreamApp {
  const { apps, mistakes } = parsed(text)
  const [document] = apps
  if (document === undefined) throw new Error(`the manifest of the test is wrong: ${JSON.stringify(mistakes)}`)
  return checkStreamApp(document)
}
