import { backoffMs } from '../../../base/backoff.ts'
import type { Backoff } from '../../../base/backoff.ts'
import type { Clock } from '../../../base/clock.ts'
import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { ConnectionFailure } from '../connection/connection-failure.ts'
import { Connection } from '../connection/connection.ts'
import type { ConnectionOptions } from '../connection/connection.ts'
import type { BrokerAddress } from '../connection/open-socket.ts'

export interface LineOptions {
  readonly connection: ConnectionOptions
  readonly reconnect: Backoff
  /** Where to connect for an address that the cluster names: a tunnel may stand in between. */
  readonly route: (address: BrokerAddress) => BrokerAddress
  readonly clock: Clock
  /** In [0, 1): spreads the reconnects of a crowd. */
  readonly random: () => number
}

/** A connection to one broker for one purpose that comes back: opened when asked for, again after it was lost, with pauses that grow. */
export class Line {
  readonly #target: BrokerAddress
  readonly #options: LineOptions
  #connection: Connection | null = null
  #opening: Promise<Result<Connection, ConnectionFailure>> | null = null
  #failures = 0
  #notBefore = 0
  #closed = false

  constructor(target: BrokerAddress, options: LineOptions) {
    this.#target = target
    this.#options = options
  }

  get open(): Connection | null {
    return this.#connection?.isOpen === true ? this.#connection : null
  }

  /** How long an open would wait. */
  pauseMs(): number {
    return this.open !== null ? 0 : Math.max(0, this.#notBefore - this.#options.clock.now())
  }

  /** The open connection; opens it first, when the pause after the last failure is over. */
  connection(signal: AbortSignal): Promise<Result<Connection, ConnectionFailure>> {
    const { open } = this
    if (open !== null) return Promise.resolve(ok(open))
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  close(): void {
    this.#closed = true
    this.#connection?.close()
  }

  async #open(signal: AbortSignal): Promise<Result<Connection, ConnectionFailure>> {
    const { clock, connection, reconnect, random } = this.#options
    const pauseMs = this.pauseMs()
    if (pauseMs > 0) await clock.sleep(pauseMs, signal)
    if (signal.aborted || this.#closed) return fail(this.#stopped())
    const opened = await Connection.open(this.#target, connection)
    if (!opened.ok) {
      this.#failures++
      this.#notBefore = clock.now() + backoffMs(reconnect, this.#failures, random())
      return opened
    }
    if (this.#wasClosed()) {
      opened.value.close()
      return fail(this.#stopped())
    }
    this.#failures = 0
    this.#connection = opened.value
    return opened
  }

  #wasClosed(): boolean {
    return this.#closed
  }

  #stopped(): ConnectionFailure {
    return { kind: 'lost', address: `${this.#target.host}:${this.#target.port}`, reason: 'this client is stopping' }
  }
}
