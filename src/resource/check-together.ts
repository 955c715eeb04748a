import { claimsOf, describeClash, type Claimant } from './claims.ts'
import type { ManifestMistake } from './manifest-mistake.ts'
import type { StreamAppDocument } from './parse-manifests.ts'
import type { StreamApp } from './stream-app.ts'

/** What is right alone and wrong beside another: two StreamApps that would write the same thing. */
export function checkTogether(documents: readonly StreamAppDocument[]): readonly ManifestMistake[] {
  return documents.flatMap((document, index) =>
    documents.slice(0, index).flatMap((earlier) => clashes(earlier.app, document)),
  )
}

function claimantOf({ spec: { app, kafka, applicationName } }: StreamApp): Claimant {
  return { app, addon: kafka.addon, applicationName }
}

function clashes(earlier: StreamApp, later: StreamAppDocument): readonly ManifestMistake[] {
  const taken = new Set(claimsOf(claimantOf(earlier)).map(({ name }) => name))
  const both = claimsOf(claimantOf(later.app)).filter(({ name }) => taken.has(name))
  const { name } = earlier.metadata
  const mistake = (path: string, message: string, hint: string): ManifestMistake => ({
    ...later.source.place(path),
    path,
    message,
    hint,
  })
  return [
    ...both.map((claim) => {
      const { message, hint } = describeClash(claim, name)
      return mistake(claim.path, message, hint)
    }),
    ...(mayShareCluster(earlier, later.app) ? differentTopics(earlier, later, mistake) : []),
  ]
}

/** The same attachment of the same app, or the same add-on. */
function mayShareCluster(one: StreamApp, other: StreamApp): boolean {
  const { addon } = one.spec.kafka
  return addon === other.spec.kafka.addon && (one.spec.app === other.spec.app || addon.includes('-'))
}

function differentTopics(
  earlier: StreamApp,
  later: StreamAppDocument,
  mistake: (path: string, message: string, hint: string) => ManifestMistake,
): readonly ManifestMistake[] {
  return later.app.spec.topics.flatMap((topic, index) => {
    const other = earlier.spec.topics.find((candidate) => candidate.name === topic.name)
    const field = (['partitions', 'retention', 'cleanupPolicy'] as const).find(
      (candidate) =>
        other?.[candidate] !== undefined && topic[candidate] !== undefined && other[candidate] !== topic[candidate],
    )
    if (field === undefined) return []
    return [
      mistake(
        `/spec/topics/${index}/${field}`,
        `${field} of topic ${topic.name} is ${topic[field]} here and ${other?.[field]} in StreamApp ${earlier.metadata.name}`,
        'say it in one of them only',
      ),
    ]
  })
}
