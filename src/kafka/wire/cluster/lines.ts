import { fail } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { ConnectionFailure } from '../connection/connection-failure.ts'
import type { Connection } from '../connection/connection.ts'
import type { BrokerAddress } from '../connection/open-socket.ts'
import { Line } from './line.ts'
import type { LineOptions } from './line.ts'

/**
 * One user's connections, one to each broker. A broker answers the calls of a
 * connection in order, so users do not share: a fetch that waits would hold up
 * everything behind it.
 */
export class Lines {
  readonly #options: LineOptions
  readonly #addressOf: (nodeId: number) => BrokerAddress | undefined
  readonly #onClose: (lines: Lines) => void
  readonly #lines = new Map<string, Line>()
  #closed = false

  constructor(
    options: LineOptions,
    addressOf: (nodeId: number) => BrokerAddress | undefined,
    onClose: (lines: Lines) => void,
  ) {
    this.#options = options
    this.#addressOf = addressOf
    this.#onClose = onClose
  }

  /** To a broker that metadata or a coordinator look-up named. */
  async connection(nodeId: number, signal: AbortSignal): Promise<Result<Connection, ConnectionFailure>> {
    if (this.#closed) return fail({ kind: 'lost', address: `node ${nodeId}`, reason: 'this client is closed' })
    const address = this.#addressOf(nodeId)
    if (address !== undefined) return this.to(address).connection(signal)
    return fail({ kind: 'lost', address: `node ${nodeId}`, reason: 'the cluster does not name this broker (any more)' })
  }

  /** The connection to a broker if it is open now. */
  open(nodeId: number): Connection | null {
    const address = this.#addressOf(nodeId)
    return address === undefined ? null : this.to(address).open
  }

  to(address: BrokerAddress): Line {
    const key = `${address.host}:${address.port}`
    const line = this.#lines.get(key) ?? new Line(this.#options.route(address), this.#options)
    if (this.#closed) line.close()
    this.#lines.set(key, line)
    return line
  }

  /** Ends every call in progress; later ones connect anew. */
  reset(): void {
    for (const line of this.#lines.values()) line.close()
    this.#lines.clear()
  }

  /** Ends every call in progress, and lets none begin. */
  close(): void {
    this.#closed = true
    this.reset()
    this.#onClose(this)
  }
}
