import { checkGitSource } from '../resource/check-git-source.ts'
import { checkStreamApp, type CheckedStreamApp } from '../resource/check-stream-app.ts'
import { checkTogether } from '../resource/check-together.ts'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import {
  inReadingOrder,
  parseManifests,
  type GitSourceDocument,
  type StreamAppDocument,
} from '../resource/parse-manifests.ts'
import type { ManifestFile } from '../resource/read-documents.ts'
import { readManifestFiles } from './read-manifest-files.ts'
import type { Around } from './terminal.ts'

/** What `-f` names, read, parsed and checked as far as that goes without the cluster. */
export interface LoadedStreamApps {
  readonly files: readonly ManifestFile[]
  readonly documents: number
  readonly apps: readonly LoadedStreamApp[]
  readonly gitSources: readonly GitSourceDocument[]
  /** Not empty: nothing of these files may be applied. */
  readonly errors: readonly ManifestMistake[]
  readonly warnings: readonly ManifestMistake[]
}

interface LoadedStreamApp extends StreamAppDocument {
  readonly checked: CheckedStreamApp
}

export async function loadStreamApps(names: readonly string[], around: Around): Promise<LoadedStreamApps> {
  const { files, mistakes: unread } = await readManifestFiles(names, around)
  const parsed = parseManifests(files)
  const apps = parsed.apps.map((document) => ({ ...document, checked: checkStreamApp(document) }))
  const isSilent = parsed.documents === 0 && unread.length === 0 && parsed.mistakes.length === 0
  const empty = files.slice(0, isSilent ? 1 : 0).map(({ name }) => emptiness(name))
  const errors = [
    ...unread,
    ...empty,
    ...parsed.mistakes,
    ...apps.flatMap(({ checked }) => checked.errors),
    ...checkTogether(apps),
    ...parsed.gitSources.flatMap(checkGitSource),
  ]
  const warnings = apps.flatMap(({ checked }) => checked.warnings)
  return {
    files,
    documents: parsed.documents,
    apps,
    gitSources: parsed.gitSources,
    errors: inReadingOrder(errors, files),
    warnings: inReadingOrder(warnings, files),
  }
}

/** A repository is followed by what never sleeps: the engine in a command cannot. */
export function onlyForControlPlane({ source }: GitSourceDocument): ManifestMistake {
  const message = 'a GitSource is followed by the control plane, not by this command'
  return { ...source.place('/kind'), path: '/kind', message, hint: 'kubectl apply -f it to the control plane' }
}

function emptiness(file: string): ManifestMistake {
  return { file, line: 1, column: 1, endColumn: 2, path: '', message: 'there is no manifest here' }
}
