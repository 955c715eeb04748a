import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as git from 'isomorphic-git'
import { fail, ok, type Result } from '../base/result.ts'
import { GitTrouble, type GitFailure } from './failure.ts'
import type { Git, Remote, TreeQuery } from './git.ts'
import { httpClient, type HttpLimits } from './http-client.ts'
import { orStopped } from './or-stopped.ts'
import { RepositoryCopy, type CopyLimits } from './repository-copy.ts'

export interface OpenGit extends Git {
  /** Takes away what was fetched. */
  close(): Promise<void>
}

export type GitLimits = CopyLimits & {
  /** For one call of the port, which may make several of HTTP. */
  readonly callMs: number
}

/** What a clock dyno of 512 MB can bear. */
export const usualLimits: GitLimits = {
  answerBytes: 64 * 1_048_576,
  answerMs: 60_000,
  callMs: 120_000,
  objectBytes: 64 * 1_048_576,
  wholeBytes: 256 * 1_048_576,
}

/** Opens the way to Git hosts. What is fetched lies in a temporary folder until `close`. */
export function openGit(limits: GitLimits = usualLimits): OpenGit {
  const copies = new Map<string, RepositoryCopy>()
  let folder: Promise<string> | undefined

  const copyOf = async ({ url }: Remote, branch: string): Promise<RepositoryCopy> => {
    folder ??= mkdtemp(join(tmpdir(), 'weirkeeper-git-'))
    const id = createHash('sha256').update(`${url}\n${branch}`).digest('hex')
    const home = join(await folder, id)
    const copy = copies.get(id) ?? new RepositoryCopy(home, limits)
    copies.set(id, copy)
    return copy
  }
  return {
    head: (remote, branch, signal) => attempt({ remote, limits, signal }, (stop) => head(remote, branch, limits, stop)),
    tree: (remote, query: TreeQuery, signal) =>
      attempt({ remote, limits, signal }, async (stop) =>
        (await copyOf(remote, query.branch)).tree(remote, query, stop),
      ),
    close: async () => {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

async function head(
  remote: Remote,
  branch: string,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<Result<string, GitFailure>> {
  const name = `refs/heads/${branch}`
  const http = httpClient(remote, limits, signal)
  const refs = await git.listServerRefs({ http, url: remote.url, prefix: name, protocolVersion: 2 })
  const found = refs.find(({ ref }) => ref === name)
  if (found === undefined) return fail({ kind: 'no-such-branch', url: remote.url, branch })
  if (/^[0-9a-f]{40}$/.test(found.oid)) return ok(found.oid)
  return fail({ kind: 'unclear', url: remote.url, detail: 'what it names as a commit is none' })
}

interface Attempt {
  readonly remote: Remote
  readonly limits: GitLimits
  readonly signal: AbortSignal
}

/** Whatever the library throws at what it was sent is the sender's: it throws plain errors, too, or waits for ever. */
async function attempt<T>(
  { remote: { url }, limits, signal }: Attempt,
  act: (stop: AbortSignal) => Promise<Result<T, GitFailure>>,
): Promise<Result<T, GitFailure>> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limits.callMs)])
  try {
    return await orStopped(act(stop), stop)
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof GitTrouble) return fail(cause.failure)
    if (stop.aborted) return fail({ kind: 'unreachable', url, reason: `not done within ${limits.callMs / 1_000} s` })
    const detail = cause instanceof Error ? cause.message : String(cause)
    return fail({ kind: 'unclear', url, detail: detail.slice(0, 200) })
  }
}
