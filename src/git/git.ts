import type { Result } from '../base/result.ts'
import type { Secret } from '../base/secret.ts'
import type { GitFailure } from './failure.ts'

/** A repository, and what opens it. */
export interface Remote {
  /** https, or http on this machine; without user, password, query and fragment. */
  readonly url: string
  readonly credentials?: GitCredentials | undefined
}

export interface GitCredentials {
  readonly username: string
  readonly password: Secret
}

export interface GitTree {
  /** The commit it was read at: the one asked for, or a newer one where the branch has moved meanwhile. */
  readonly commit: string
  /** In the order of their paths. */
  readonly files: readonly GitFile[]
  /** Symbolic links that a file was wanted of: they are not followed. */
  readonly links: readonly string[]
}

export interface GitFile {
  /** From the root of the repository. */
  readonly path: string
  readonly bytes: Uint8Array
}

export interface TreeQuery {
  readonly branch: string
  readonly commit: string
  /** A folder, from the root of the repository; '.' is the root itself. */
  readonly path: string
  /** How the names of the wanted files end. What begins with a dot is passed over. */
  readonly endings: readonly string[]
}

/** What is asked of Git. Rejects only when the signal fires. */
export interface Git {
  /** The newest commit of a branch. */
  head(remote: Remote, branch: string, signal: AbortSignal): Promise<Result<string, GitFailure>>
  tree(remote: Remote, query: TreeQuery, signal: AbortSignal): Promise<Result<GitTree, GitFailure>>
}
