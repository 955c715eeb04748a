import * as fs from 'node:fs'
import * as git from 'isomorphic-git'
import { fail, ok, type Result } from '../base/result.ts'
import { GitTrouble, type GitFailure } from './failure.ts'
import type { GitFile, GitTree, TreeQuery } from './git.ts'

/** Of one commit: what a manifest's folder never comes near, and what a hostile one must not exceed. */
const limits = { files: 1_000, bytes: 8 * 1_048_576, entries: 20_000, depth: 20 }

export interface CommitAt {
  readonly url: string
  readonly gitdir: string
  readonly commit: string
}

interface Walk extends CommitAt {
  readonly cache: object
  readonly endings: readonly string[]
  readonly files: GitFile[]
  readonly links: string[]
  entries: number
  bytes: number
}

/** The wanted files of a commit that is there. Rejects with the library's NotFoundError where the copy is broken. */
export async function readTree(
  at: CommitAt,
  { path, endings }: Pick<TreeQuery, 'path' | 'endings'>,
): Promise<Result<GitTree, GitFailure>> {
  const walk: Walk = { ...at, cache: {}, endings, files: [], links: [], entries: 0, bytes: 0 }
  const { tree } = (await git.readCommit({ fs, gitdir: at.gitdir, oid: at.commit, cache: walk.cache })).commit
  const steps = path.split('/').filter((step) => step !== '' && step !== '.')
  const folder = await findFolder(walk, tree, steps)
  if (folder === undefined) return fail({ kind: 'no-such-path', url: at.url, path, commit: at.commit })
  await readFolder(walk, folder, steps)
  return ok({ commit: at.commit, files: walk.files, links: walk.links })
}

async function findFolder(walk: Walk, root: string, steps: readonly string[]): Promise<string | undefined> {
  let folder = root
  for (const step of steps) {
    const next = (await list(walk, folder)).find(({ path, type }) => path === step && type === 'tree')
    if (next === undefined) return undefined
    folder = next.oid
  }
  return folder
}

async function readFolder(walk: Walk, folder: string, steps: readonly string[]): Promise<void> {
  if (steps.length > limits.depth) throw tooLarge(walk, `folders lie more than ${limits.depth} deep`, `${limits.depth}`)
  for (const entry of await list(walk, folder)) {
    if (entry.path.startsWith('.')) continue
    const path = [...steps, entry.path]
    if (entry.type === 'tree') await readFolder(walk, entry.oid, path)
    else if (entry.type === 'blob' && walk.endings.some((ending) => entry.path.toLowerCase().endsWith(ending))) {
      await readFile(walk, entry, path.join('/'))
    }
  }
}

const symbolicLink = '120000'

async function readFile(walk: Walk, { oid, mode }: git.TreeEntry, path: string): Promise<void> {
  if (mode === symbolicLink) {
    walk.links.push(path)
    return
  }
  if (walk.files.length >= limits.files) {
    throw tooLarge(walk, `there are more than ${limits.files} manifests`, `${limits.files}`)
  }
  const { blob } = await git.readBlob({ fs, gitdir: walk.gitdir, oid, cache: walk.cache })
  walk.bytes += blob.length
  const most = `${limits.bytes / 1_048_576} MB`
  if (walk.bytes > limits.bytes) throw tooLarge(walk, `the manifests are larger than ${most}`, most)
  walk.files.push({ path, bytes: blob })
}

async function list(walk: Walk, folder: string): Promise<readonly git.TreeEntry[]> {
  const { tree } = await git.readTree({ fs, gitdir: walk.gitdir, oid: folder, cache: walk.cache })
  walk.entries += tree.length
  if (walk.entries <= limits.entries) return tree
  throw tooLarge(walk, `the folder holds more than ${limits.entries} files`, `${limits.entries}`)
}

function tooLarge({ url }: Walk, what: string, most: string): GitTrouble {
  return new GitTrouble({ kind: 'too-large', url, what, most })
}
