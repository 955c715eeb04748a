import { printKey } from '../../record/decide-write.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import { isJsonObject } from './json.ts'
import type { Standing } from './plan-commit.ts'
import type { CommittedApp } from './read-commit.ts'

/** What would leave behind everything that was made under the old value: these cannot change once anything was. */
export function standingMistakes(
  apps: readonly CommittedApp[],
  standing: readonly Standing[],
): readonly ManifestMistake[] {
  const there = new Map(standing.map((object) => [printKey(object.key), object]))
  return apps.flatMap((app) => {
    const current = there.get(printKey(app.key))
    return current === undefined ? [] : changedForGood(app, current)
  })
}

function changedForGood(
  { key, document: { app, source } }: CommittedApp,
  { object }: Standing,
): readonly ManifestMistake[] {
  const inventory = object.status?.['inventory']
  if (!Array.isArray(inventory) || inventory.length === 0) return []
  const { spec } = object
  const kafka = isJsonObject(spec['kafka']) ? spec['kafka'] : {}
  const fields = [
    { path: '/spec/app', was: spec['app'], is: app.spec.app },
    { path: '/spec/kafka/addon', was: kafka['addon'], is: app.spec.kafka.addon },
    { path: '/spec/applicationName', was: spec['applicationName'] ?? key.name, is: app.spec.applicationName },
  ]
  return fields
    .filter(({ was, is }) => was !== is)
    .map(({ path, was, is }) => {
      const field = path.slice(path.lastIndexOf('/') + 1)
      const message = `${field} is ${JSON.stringify(was)} and cannot become ${JSON.stringify(is)}: things were made under it`
      return { ...source.place(path), path, message, hint: 'declare another StreamApp, and remove this one' }
    })
}
