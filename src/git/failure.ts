/** Why a repository could not be read, in the terms that change what is done next. */
export type GitFailure = { readonly url: string } & (
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly status: number }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'unauthorised'; readonly status: number; readonly hadCredentials: boolean }
  | { readonly kind: 'no-such-repository' }
  | { readonly kind: 'no-such-branch'; readonly branch: string }
  | { readonly kind: 'no-such-path'; readonly path: string; readonly commit: string }
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'too-large'; readonly what: string; readonly most: string }
  | { readonly kind: 'unclear'; readonly detail: string }
)

type Describe = { readonly [Kind in GitFailure['kind']]: (failure: Extract<GitFailure, { kind: Kind }>) => string }

const describe: Describe = {
  unreachable: ({ url, reason }) => `cannot reach ${url}: ${reason}`,
  unavailable: ({ url, status }) => `${url} answers ${status}: the Git host is not well`,
  busy: ({ url }) => `${url} asks to be left alone for a while (429)`,
  unauthorised: ({ url, status, hadCredentials }) =>
    hadCredentials
      ? `${url} does not accept the token (${status}). Put one that may read the repository into the Secret`
      : `${url} asks who is there (${status}), or there is no such repository. Name a Secret with a token in spec.secretRef, or check spec.url`,
  'no-such-repository': ({ url }) =>
    `there is no repository ${url}, or the token may not see it. Check spec.url and what the token may read`,
  'no-such-branch': ({ url, branch }) => `${url} has no branch ${branch}. Check spec.branch, or push the branch`,
  'no-such-path': ({ path, commit }) =>
    `there is no folder ${path} at commit ${commit.slice(0, 12)}. Check spec.path, or put the folder back`,
  moved: ({ url, to }) => `${url} has moved to ${to}. If you trust that, write it as spec.url`,
  'too-large': ({ what, most }) =>
    `${what}; at most ${most} are read. Keep manifests in a folder or a repository of their own`,
  unclear: ({ url, detail }) =>
    `${url} does not answer as a Git repository does: ${detail}. Is it the URL that \`git clone\` takes?`,
}

/** What happened and what to do, for people. */
export function describeGitFailure(failure: GitFailure): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has one entry a kind
  return (describe[failure.kind] as (failure: GitFailure) => string)(failure)
}

/** Carries a failure through the library, which lets through what its HTTP client throws. */
export class GitTrouble extends Error {
  override readonly name = 'GitTrouble'
  readonly failure: GitFailure

  constructor(failure: GitFailure) {
    super(failure.kind)
    this.failure = failure
  }
}
