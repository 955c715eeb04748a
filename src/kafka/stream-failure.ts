/**
 * What went wrong, told by its consequence: a caller acts on `kind` and never
 * reads an error code. `reason` is a sentence for a log line.
 */
export type StreamFailure =
  /** The same call may succeed later: the broker is away, a leader moved, a quota was hit. Nothing is lost by calling again. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** The group is making a new generation: join again. What is owned stays owned until the new assignment says otherwise. */
  | { readonly kind: 'rebalance'; readonly reason: string }
  /** Somebody else may already own what this member owned: drop it without a commit, then join as a new member. */
  | { readonly kind: 'fenced'; readonly reason: string }
  /** The position asked for is not in the log (any more). */
  | {
      readonly kind: 'out-of-range'
      readonly reason: string
      readonly partitions: readonly { readonly topic: string; readonly partition: number }[]
    }
  /** No repetition helps. `whatToDo` tells the person who reads the log. */
  | { readonly kind: 'fatal'; readonly reason: string; readonly whatToDo: string }
