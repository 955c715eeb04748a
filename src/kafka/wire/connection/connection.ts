import type { Socket } from 'node:net'
import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { ClientCertificate } from '../../cluster-address.ts'
import { apiVersions } from '../api/api-versions.ts'
import type { VersionRange } from '../api/api-versions.ts'
import type { Api } from '../api/api.ts'
import { ByteReader, MalformedBytes } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { socketFailure } from './connection-failure.ts'
import type { ConnectionFailure } from './connection-failure.ts'
import { FrameReader } from './frame-reader.ts'
import { openSocket } from './open-socket.ts'
import type { BrokerAddress } from './open-socket.ts'

export interface ConnectionOptions {
  readonly tls: ClientCertificate | null
  readonly clientId: string
  readonly connectTimeoutMs: number
  /** How long an answer may take, unless a call says otherwise. */
  readonly requestTimeoutMs: number
  /** A longer response is taken for noise, and the connection closed. */
  readonly maxResponseBytes: number
  /** Where answers are put; left out: each in a buffer of its own. */
  readonly allocate?: (lengthBytes: number) => Buffer
}

interface Pending {
  readonly correlationId: number
  /** Takes the frame after the correlation id. */
  readonly settle: (reader: ByteReader) => void
  readonly lose: (failure: ConnectionFailure) => void
  readonly timer: NodeJS.Timeout
}

/**
 * One connection to one broker.
 *
 * Invariants
 *   C1  Requests go out in the order of the calls, and answers are matched in that order (Kafka promises it).
 *   C2  Every call ends: with its answer, or with why there is none; after `lost` the connection is closed.
 *   C3  Bytes that do not fit the protocol close the connection; they never throw at a caller, crash or loop.
 *   C4  After a throttled answer nothing is sent until the broker's time is over (KIP-219).
 */
export class Connection {
  readonly address: string
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #frames: FrameReader
  readonly #pending: Pending[] = []
  #ranges: ReadonlyMap<number, VersionRange> = new Map([[apiVersions.key, { min: 3, max: 3 }]])
  #lastCorrelationId = 0
  #ended: ConnectionFailure | null = null
  /** Set while throttled: what waits to be sent. */
  #held: (() => void)[] | null = null
  #heldTimer: NodeJS.Timeout | undefined

  /** Connects and learns what the broker speaks. */
  static async open(target: BrokerAddress, options: ConnectionOptions): Promise<Result<Connection, ConnectionFailure>> {
    // nothing arrives before something was asked
    let connection: Connection | null = null
    const receive = (chunk: Buffer): void => {
      if (connection !== null) connection.#receive(chunk)
    }
    const socket = await openSocket(target, { ...options, receive })
    if (!socket.ok) return socket
    connection = new Connection(socket.value, `${target.host}:${target.port}`, options)
    const versions = await connection.call(apiVersions, { softwareName: 'weirkeeper', softwareVersion: '0.1.0' })
    if (!versions.ok) {
      connection.close()
      return versions
    }
    if (versions.value.errorCode !== 0) {
      connection.close()
      return fail({ kind: 'unsupported', address: connection.address, reason: 'it is older than Kafka 2.8' })
    }
    connection.#ranges = versions.value.ranges
    return ok(connection)
  }

  private constructor(socket: Socket, address: string, options: ConnectionOptions) {
    this.address = address
    this.#socket = socket
    this.#options = options
    this.#frames = new FrameReader(options.maxResponseBytes, options.allocate)
    socket.on('error', (error) => this.#end(socketFailure(address, error)))
    socket.on('close', () => this.#end({ kind: 'lost', address, reason: 'the connection was closed' }))
  }

  get isOpen(): boolean {
    return this.#ended === null
  }

  /** Calls that were sent and have no answer yet. */
  get inFlight(): number {
    return this.#pending.length
  }

  /** Sends `request` in the newest version both sides speak. */
  call<Request, Response extends { readonly throttleMs: number }>(
    api: Api<Request, Response>,
    request: Request,
    timeoutMs: number = this.#options.requestTimeoutMs,
  ): Promise<Result<Response, ConnectionFailure>> {
    if (this.#ended !== null) return Promise.resolve(fail(this.#ended))
    const version = this.#versionOf(api)
    if (version === null) return Promise.resolve(fail(this.#unsupported(api)))
    const { promise, resolve } = Promise.withResolvers<Result<Response, ConnectionFailure>>()
    const send = (): void => {
      const correlationId = ++this.#lastCorrelationId
      const writer = this.#frame(api.key, version, correlationId)
      api.encode(writer, request, version)
      const settle = (reader: ByteReader): void => {
        if (api.key !== apiVersions.key) reader.taggedFields() // response header 1
        const response = api.decode(reader, version)
        resolve(ok(response))
        if (response.throttleMs > 0) this.#hold(response.throttleMs)
      }
      const timer = setTimeout(() => this.#giveUp(`no answer to ${api.name} within ${timeoutMs} ms`), timeoutMs)
      this.#pending.push({ correlationId, settle, lose: (failure) => resolve(fail(failure)), timer })
      this.#write(writer)
    }
    if (this.#held === null) send()
    else this.#held.push(() => (this.#ended === null ? send() : resolve(fail(this.#ended))))
    return promise
  }

  close(): void {
    this.#giveUp('this client closed the connection')
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #versionOf(api: Pick<Api<never, never>, 'key' | 'minVersion' | 'maxVersion'>): number | null {
    const range = this.#ranges.get(api.key)
    if (range === undefined) return null
    const version = Math.min(range.max, api.maxVersion)
    return version >= Math.max(range.min, api.minVersion) ? version : null
  }

  #unsupported(api: Pick<Api<never, never>, 'key' | 'name' | 'minVersion' | 'maxVersion'>): ConnectionFailure {
    const range = this.#ranges.get(api.key)
    const theirs = range === undefined ? 'no version' : `versions ${range.min} to ${range.max}`
    const reason = `it speaks ${theirs} of ${api.name}, we speak ${api.minVersion} to ${api.maxVersion}`
    return { kind: 'unsupported', address: this.address, reason }
  }

  /** A writer with room for the length and the request header (version 2) in it. */
  #frame(key: number, version: number, correlationId: number): ByteWriter {
    const writer = new ByteWriter()
    writer.int32(0)
    writer.int16(key)
    writer.int16(version)
    writer.int32(correlationId)
    writer.string(this.#options.clientId)
    writer.noTaggedFields()
    return writer
  }

  #write(writer: ByteWriter): void {
    const pieces = writer.pieces()
    writer.patchInt32(0, writer.length - 4)
    this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    this.#socket.uncork()
  }

  #receive(chunk: Buffer): void {
    try {
      this.#frames.push(chunk, (frame) => this.#settleNext(frame))
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      this.#giveUp(`its answer does not fit the protocol (${error.message})`)
    }
  }

  #settleNext(frame: Buffer): void {
    if (this.#ended !== null) return
    const reader = new ByteReader(frame)
    const correlationId = reader.int32()
    const next = this.#pending[0]
    if (next?.correlationId !== correlationId) throw new MalformedBytes(`an answer to call ${correlationId}, not made`)
    next.settle(reader)
    clearTimeout(next.timer)
    this.#pending.shift()
  }

  #hold(throttleMs: number): void {
    this.#held ??= []
    clearTimeout(this.#heldTimer)
    this.#heldTimer = setTimeout(() => this.#release(), throttleMs)
  }

  #release(): void {
    clearTimeout(this.#heldTimer)
    const waiting = this.#held ?? []
    this.#held = null
    for (const send of waiting) send()
  }

  #giveUp(reason: string): void {
    this.#end({ kind: 'lost', address: this.address, reason })
  }

  #end(failure: ConnectionFailure): void {
    if (this.#ended !== null) return
    this.#ended = failure
    this.#socket.destroy()
    for (const { timer, lose } of this.#pending.splice(0)) {
      clearTimeout(timer)
      lose(failure)
    }
    this.#release()
  }
}
