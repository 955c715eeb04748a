import { rm } from 'node:fs/promises'
import * as git from 'isomorphic-git'
import { fail, ok, type Result } from '../base/result.ts'
import { GitTrouble, type GitFailure } from './failure.ts'
import type { GitTree, Remote, TreeQuery } from './git.ts'
import type { PackLimits } from './check-pack.ts'
import { guardedFs } from './guarded-fs.ts'
import { httpClient, type HttpLimits } from './http-client.ts'
import { orStopped } from './or-stopped.ts'
import { readTree } from './read-tree.ts'

export type CopyLimits = HttpLimits & PackLimits

/** Packs that were fetched one after another are dropped, and the newest commit fetched whole, after so many. */
const mostFetches = 30

/**
 * What was fetched of one branch: its newest commit, without history, in a
 * folder of its own. A commit that follows another brings only what is new.
 */
export class RepositoryCopy {
  readonly #gitdir: string
  readonly #limits: CopyLimits
  /** The commit that is there. */
  #head: string | undefined
  #fetches = 0
  /** What was read at that commit. */
  readonly #trees = new Map<string, GitTree>()
  /** One reader at a time: two GitSources may follow one branch. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(gitdir: string, limits: CopyLimits) {
    this.#gitdir = gitdir
    this.#limits = limits
  }

  tree(remote: Remote, query: TreeQuery, signal: AbortSignal): Promise<Result<GitTree, GitFailure>> {
    const mine = this.#turn.then(() => orStopped(this.#tree(remote, query, signal), signal))
    this.#turn = mine.catch(() => undefined) // who asked is told
    return mine
  }

  async #tree(remote: Remote, query: TreeQuery, signal: AbortSignal): Promise<Result<GitTree, GitFailure>> {
    const missing = await this.#have(remote, query, signal)
    if (missing !== undefined) return fail(missing)
    const id = JSON.stringify([query.path, query.endings])
    const known = this.#trees.get(id)
    if (known !== undefined) return ok(known)

    const read = await this.#read(remote, query, signal)
    if (read.ok) this.#trees.set(id, read.value)
    return read
  }

  /** A copy that lacks something it should have is thrown away, and fetched whole. */
  async #read(remote: Remote, query: TreeQuery, signal: AbortSignal): Promise<Result<GitTree, GitFailure>> {
    try {
      return await readTree(this.#at(remote, query), query)
    } catch (cause) {
      if (!(cause instanceof git.Errors.NotFoundError)) throw cause
      await this.#forget()
      const missing = await this.#have(remote, query, signal)
      return missing === undefined ? readTree(this.#at(remote, query), query) : fail(missing)
    }
  }

  #at({ url }: Remote, { commit }: TreeQuery): { url: string; gitdir: string; commit: string } {
    return { url, gitdir: this.#gitdir, commit: this.#head ?? commit }
  }

  async #have(remote: Remote, { branch, commit }: TreeQuery, signal: AbortSignal): Promise<GitFailure | undefined> {
    if (commit === this.#head) return undefined
    if (this.#fetches >= mostFetches) await this.#forget()
    const head = await this.#fetchOrBeginAgain(remote, `refs/heads/${branch}`, signal)
    this.#trees.clear()
    if (head === undefined) return { kind: 'no-such-branch', url: remote.url, branch }
    this.#head = head
    return undefined
  }

  /** What follows on may be more than all of it: a branch that was rewritten brings its history along. */
  async #fetchOrBeginAgain(remote: Remote, ref: string, signal: AbortSignal): Promise<string | undefined> {
    const isFollowUp = this.#fetches > 0
    try {
      return await this.#fetch(remote, ref, signal)
    } catch (cause) {
      const isTooLarge = cause instanceof GitTrouble && cause.failure.kind === 'too-large'
      if (!isFollowUp || !isTooLarge) throw cause
      return this.#fetch(remote, ref, signal)
    }
  }

  async #fetch(remote: Remote, ref: string, signal: AbortSignal): Promise<string | undefined> {
    const here = { fs: guardedFs(remote.url, this.#limits), gitdir: this.#gitdir }
    if (this.#fetches === 0) {
      await git.init({ ...here, bare: true })
      await git.addRemote({ ...here, remote: 'origin', url: remote.url })
    }
    this.#fetches += 1
    const http = httpClient(remote, this.#limits, signal)
    try {
      // With a depth a host sends each commit whole, whatever is here; without, what is new since.
      const depth = this.#head === undefined ? { depth: 1 } : {}
      const wish = { remote: 'origin', ref, singleBranch: true, tags: false, ...depth }
      const { fetchHead } = await git.fetch({ ...here, ...wish, http, url: remote.url })
      if (fetchHead === null) return undefined
      // Says next time what is here already.
      await git.writeRef({ ...here, ref, value: fetchHead, force: true })
      return fetchHead
    } catch (cause) {
      if (cause instanceof git.Errors.NotFoundError) return undefined
      await this.#forget() // a fetch that broke off may have left half a pack
      throw cause
    }
  }

  async #forget(): Promise<void> {
    await rm(this.#gitdir, { recursive: true, force: true })
    this.#head = undefined
    this.#fetches = 0
    this.#trees.clear()
  }
}
