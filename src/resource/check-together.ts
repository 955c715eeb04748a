import type { ManifestMistake } from './manifest-mistake.ts'
import type { StreamAppDocument } from './parse-manifests.ts'

/** What is right alone and wrong beside another: two StreamApps that would write the same thing. */
export function checkTogether(documents: readonly StreamAppDocument[]): readonly ManifestMistake[] {
  return documents.flatMap((document, index) =>
    documents.slice(0, index).flatMap((earlier) => clashes(earlier, document)),
  )
}

function clashes(earlier: StreamAppDocument, later: StreamAppDocument): readonly ManifestMistake[] {
  const sameApp = earlier.app.spec.app === later.app.spec.app
  if (!sameApp || earlier.app.spec.kafka.addon !== later.app.spec.kafka.addon) return []
  const clash = (path: string, message: string, hint: string): ManifestMistake => ({
    ...later.source.place(path),
    path,
    message,
    hint,
  })
  const { name } = earlier.app.metadata
  const sameName = earlier.app.spec.applicationName === later.app.spec.applicationName
  const sameProcess = earlier.app.spec.process.type === later.app.spec.process.type
  return [
    ...(sameName
      ? [
          clash(
            '/spec/applicationName',
            `application name ${later.app.spec.applicationName} is taken by StreamApp ${name}: they would share a consumer group`,
            'give one of them another applicationName',
          ),
        ]
      : []),
    ...(sameProcess
      ? [
          clash(
            '/spec/process/type',
            `process type ${later.app.spec.process.type} of ${later.app.spec.app} is run by StreamApp ${name} already`,
            'give each its own process type in the Procfile, or its own app',
          ),
        ]
      : []),
    ...later.app.spec.topics.flatMap((topic, index) => {
      const other = earlier.app.spec.topics.find((candidate) => candidate.name === topic.name)
      const field = (['partitions', 'retention', 'cleanupPolicy'] as const).find(
        (candidate) =>
          other?.[candidate] !== undefined && topic[candidate] !== undefined && other[candidate] !== topic[candidate],
      )
      if (field === undefined) return []
      return [
        clash(
          `/spec/topics/${index}/${field}`,
          `${field} of topic ${topic.name} is ${topic[field]} here and ${other?.[field]} in StreamApp ${name}`,
          'say it in one of them only',
        ),
      ]
    }),
  ]
}
