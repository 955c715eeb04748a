import type { GroupOptions } from '../../group.ts'
import type { ClusterOptions } from '../cluster/cluster.ts'

/** What member and heartbeat thread share: 32-bit slots, read and written atomically. */
export const pulse = {
  /** The generation that is beaten for; trouble of an earlier one is no news. */
  generation: 0,
  /** Index into `troubles`. */
  trouble: 1,
  /** Counts turns of the member's event loop: when it stands still, so does the member. */
  turns: 2,
  slots: 3,
} as const

export const troubles = ['none', 'rebalance', 'fenced', 'unanswered', 'stalled', 'stopped'] as const

export type Trouble = (typeof troubles)[number]

/** What the heartbeat thread is started with; all of it can be cloned. */
export interface HeartbeatSetting {
  readonly cluster: Omit<ClusterOptions, 'clock' | 'random' | 'route' | 'tls'> & {
    readonly tls: { readonly trusted: string; readonly certificate: string; readonly key: string } | null
  }
  readonly group: GroupOptions
  readonly pulse: Int32Array
}
