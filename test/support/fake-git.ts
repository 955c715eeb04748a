import { createHash } from 'node:crypto'
import { fail, ok } from '../../src/base/result.ts'
import type { GitFailure } from '../../src/git/failure.ts'
import type { Git, GitTree, Remote } from '../../src/git/git.ts'

type Files = Readonly<Record<string, string>>

/** One repository of one branch in memory, which can be told to fail. It remembers what it was asked. */
export interface FakeGit extends Git {
  readonly calls: readonly string[]
  readonly remotes: readonly Remote[]
  /** Makes `files` the whole content of the newest commit; its name. */
  commit(files: Files): string
  /** Paths that are symbolic links in every commit. */
  readonly links: string[]
  /** What every call ends with from now on. */
  failWith(failure: GitFailure | undefined): void
}

export function fakeGit(): FakeGit {
  const calls: string[] = []
  const remotes: Remote[] = []
  const links: string[] = []
  const trees = new Map<string, GitTree>()
  const commits = new Map<string, Files>()
  let head: string | undefined
  let failure: GitFailure | undefined
  const ask = (call: string, remote: Remote): void => {
    calls.push(call)
    remotes.push(remote)
  }
  return {
    calls,
    remotes,
    links,
    commit: (files) => {
      head = createHash('sha1').update(`${commits.size}`).digest('hex')
      commits.set(head, files)
      return head
    },
    failWith: (told) => void (failure = told),
    head: (remote, branch) => {
      ask('head', remote)
      if (failure !== undefined) return Promise.resolve(fail(failure))
      return Promise.resolve(head === undefined ? fail({ kind: 'no-such-branch', url: remote.url, branch }) : ok(head))
    },
    tree: (remote, { commit, path, endings }) => {
      ask('tree', remote)
      if (failure !== undefined) return Promise.resolve(fail(failure))
      const all = Object.entries(commits.get(commit) ?? {})
      const below = path === '.' ? all : all.filter(([name]) => name.startsWith(`${path}/`))
      if (below.length === 0 && path !== '.') {
        return Promise.resolve(fail({ kind: 'no-such-path', url: remote.url, path, commit }))
      }
      const wanted = below.filter(([name]) => endings.some((ending) => name.endsWith(ending)))
      const files = wanted.map(([name, text]) => ({ path: name, bytes: new TextEncoder().encode(text) }))
      const id = JSON.stringify([commit, path, links])
      const tree = trees.get(id) ?? { commit, files, links }
      trees.set(id, tree)
      return Promise.resolve(ok(tree))
    },
  }
}
