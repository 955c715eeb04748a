import { unboundApp, type NamespaceBinding } from '../../record/namespace-binding.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import type { CommittedApp } from './read-commit.ts'

/** Apps of a commit that are not for the namespace it is declared in: Git opens no door that the API keeps shut. */
export function unboundMistakes(apps: readonly CommittedApp[], binding: NamespaceBinding): readonly ManifestMistake[] {
  return apps.flatMap(({ document: { app, source } }) => {
    const message = unboundApp(binding, app.spec.app)
    return message === undefined ? [] : [{ ...source.place('/spec/app'), path: '/spec/app', message }]
  })
}
