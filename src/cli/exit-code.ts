/**
 * What `weir` answers to the shell. Scripts rely on these: a code may be added, none may change.
 * docs/reference/cli.md prints this table, and a test compares the two.
 */
export const exitCodes = {
  ok: 0,
  /** `diff` found differences, or a condition that was asked for does not hold. */
  differences: 1,
  /** The command line or a manifest is wrong, or Heroku does not accept what the manifest asks for. */
  invalid: 2,
  /** Heroku or Kafka cannot be reached, or does not let us in. */
  unreachable: 3,
  timedOut: 4,
  /** Somebody else owns a field, or holds the lock. */
  conflict: 5,
  /** A mistake in weir itself. */
  bug: 70,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
