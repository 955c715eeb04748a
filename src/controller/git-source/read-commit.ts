import type { GitTree } from '../../git/git.ts'
import { asJson } from '../../record/as-json.ts'
import type { Declaration } from '../../record/object-life.ts'
import type { ObjectKey } from '../../record/record.ts'
import { checkStreamApp } from '../../resource/check-stream-app.ts'
import { checkTogether } from '../../resource/check-together.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import { inReadingOrder, parseManifests, type StreamAppDocument } from '../../resource/parse-manifests.ts'

/** One manifest of a commit. */
export interface CommittedApp {
  readonly key: ObjectKey
  readonly declaration: Declaration
  readonly document: StreamAppDocument
}

export interface CommitReading {
  readonly namespace: string
  readonly apps: readonly CommittedApp[]
  /** Every mistake of every file. One, and nothing of the commit is declared. */
  readonly mistakes: readonly ManifestMistake[]
}

/** What a commit declares into one namespace: the checks of `weir validate`, and what only a repository can get wrong. */
export function readCommit({ files, links }: Pick<GitTree, 'files' | 'links'>, namespace: string): CommitReading {
  const manifests = files.map(({ path, bytes }) => ({ name: path, bytes }))
  const { apps, gitSources, mistakes } = parseManifests(manifests)
  const all = [
    ...mistakes,
    ...apps.flatMap((document) => checkStreamApp(document).errors),
    ...checkTogether(apps),
    ...apps.flatMap((document) => namespaceMistakes(document, namespace)),
    ...gitSources.map(({ source }) => ({
      ...source.place('/kind'),
      path: '/kind',
      message: 'a GitSource is not declared from Git: a commit could let itself in elsewhere',
      hint: 'apply it by hand, and keep it outside of this folder',
    })),
    ...links.map(linkMistake),
  ]
  return { namespace, apps: apps.map(committed), mistakes: inReadingOrder(all, manifests) }
}

function namespaceMistakes({ app, source }: StreamAppDocument, namespace: string): readonly ManifestMistake[] {
  if (app.metadata.namespace === namespace) return []
  const path = '/metadata/namespace'
  const message = `namespace is ${app.metadata.namespace}; this GitSource is in ${namespace} and declares there only`
  return [{ ...source.place(path), path, message, hint: `write namespace: ${namespace}` }]
}

function linkMistake(file: string): ManifestMistake {
  const message = 'the file is a symbolic link, which is not followed'
  return { file, line: 1, column: 1, endColumn: 2, path: '', message, hint: 'put the file itself here' }
}

function committed(document: StreamAppDocument): CommittedApp {
  const { apiVersion, kind, metadata } = document.app
  const { namespace, name } = metadata
  const spec = asJson(specOf(document))
  return { key: { kind, namespace, name }, declaration: { apiVersion, kind, metadata, spec }, document }
}

/** With its defaults. The application's name stays out where it was left out: it follows the object's. */
function specOf({ app, source }: StreamAppDocument): object {
  const { applicationName, ...spec } = app.spec
  const written: unknown = Reflect.get(Object(source.value), 'spec')
  return Object.hasOwn(Object(written), 'applicationName') ? { ...spec, applicationName } : spec
}
