import { checkGitSource } from '../resource/check-git-source.ts'
import { checkStreamApp, type CheckedStreamApp } from '../resource/check-stream-app.ts'
import { checkTogether } from '../resource/check-together.ts'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import {
  inReadingOrder,
  parseManifests,
  type GitSourceDocument,
  type ParsedManifests,
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

/** Where manifests belong that do not say so themselves, and whether others are refused. */
export interface NamespaceAsked {
  readonly usual: string
  /** Said on the command line: a manifest that names another is a mistake, as kubectl has it. */
  readonly isOnly: boolean
}

export async function loadStreamApps(
  names: readonly string[],
  around: Around,
  namespace?: NamespaceAsked,
): Promise<LoadedStreamApps> {
  const { files, mistakes: unread } = await readManifestFiles(names, around)
  const parsed = parseManifests(files, namespace?.usual)
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
    ...(namespace?.isOnly === true ? ofOtherNamespaces(parsed, namespace.usual) : []),
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

function ofOtherNamespaces({ apps, gitSources }: ParsedManifests, only: string): readonly ManifestMistake[] {
  const heads = [
    ...apps.map(({ app, source }) => ({ head: app, source })),
    ...gitSources.map(({ gitSource, source }) => ({ head: gitSource, source })),
  ]
  const path = '/metadata/namespace'
  return heads
    .filter(({ head }) => head.metadata.namespace !== only)
    .map(({ head, source }) => ({
      ...source.place(path),
      path,
      message: `the manifest says namespace ${head.metadata.namespace}, and -n says ${only}`,
      hint: `leave -n out, or say -n ${head.metadata.namespace}`,
    }))
}

function emptiness(file: string): ManifestMistake {
  return { file, line: 1, column: 1, endColumn: 2, path: '', message: 'there is no manifest here' }
}
