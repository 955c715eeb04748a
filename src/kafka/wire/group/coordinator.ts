import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import type { CoordinatorKind } from '../api/find-coordinator.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Lines } from '../cluster/lines.ts'
import { persist } from '../cluster/persist.ts'
import { failureOfConnection } from '../cluster/stream-failures.ts'
import type { ConnectionFailure } from '../connection/connection-failure.ts'
import type { Connection } from '../connection/connection.ts'

/** One call to the coordinator; a failed answer says what it means. */
export type CoordinatorCall<Value> = (
  connection: Connection,
) => Promise<Result<Value, ConnectionFailure | StreamFailure>>

/**
 * The broker that keeps one group or one transactional id: found when it is
 * needed, and again when it moved. A coordinator that loads or moves is sat out.
 */
export class Coordinator {
  readonly #cluster: Cluster
  readonly #lines: Lines
  readonly #kind: CoordinatorKind
  readonly #key: string
  #nodeId: number | null = null

  constructor(cluster: Cluster, kind: CoordinatorKind, key: string) {
    this.#cluster = cluster
    this.#lines = cluster.openLines()
    this.#kind = kind
    this.#key = key
  }

  /** Calls until there is an answer that is not `retry`, for `patienceMs` at most. */
  ask<Value>(
    call: CoordinatorCall<Value>,
    patienceMs: number,
    signal: AbortSignal,
  ): Promise<Result<Value, StreamFailure>> {
    const { clock, random } = this.#cluster.options
    return persist({ clock, random, patienceMs }, () => this.#askOnce(call, signal), signal)
  }

  /** Ends the calls in progress; the next one connects anew. */
  interrupt(): void {
    this.#lines.reset()
  }

  close(): void {
    this.#lines.close()
  }

  async #askOnce<Value>(call: CoordinatorCall<Value>, signal: AbortSignal): Promise<Result<Value, StreamFailure>> {
    if (signal.aborted) return fail({ kind: 'retry', reason: 'stopped' })
    const found =
      this.#nodeId === null ? await this.#cluster.coordinator(this.#kind, this.#key, signal) : ok(this.#nodeId)
    if (!found.ok) return found
    this.#nodeId = found.value
    const connection = await this.#lines.connection(found.value, signal)
    const answer = connection.ok ? await call(connection.value) : connection
    if (answer.ok) return answer
    const failure = 'address' in answer.error ? failureOfConnection(answer.error) : answer.error
    // whatever went wrong in passing, it may be that somebody else coordinates by now
    if (failure.kind === 'retry') this.#nodeId = null
    return fail(failure)
  }
}
