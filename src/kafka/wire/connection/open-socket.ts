import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { ClientCertificate } from '../../cluster-address.ts'
import { socketFailure } from './connection-failure.ts'
import type { ConnectionFailure } from './connection-failure.ts'

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export interface SocketOptions {
  readonly tls: ClientCertificate | null
  readonly connectTimeoutMs: number
  /** Is given what arrives, in memory that is written over as soon as it returns. */
  readonly receive: (chunk: Buffer) => void
}

/** What is read at once. Node would make a buffer of this size for every read, and leave it to the garbage collector. */
const chunkBytes = 64 * 1024

/** Connects over TCP, or TLS when there are credentials. The socket is ready to be written to. */
export function openSocket(
  { host, port }: BrokerAddress,
  { tls, connectTimeoutMs, receive }: SocketOptions,
): Promise<Result<Socket, ConnectionFailure>> {
  const address = `${host}:${port}`
  const { promise, resolve } = Promise.withResolvers<Result<Socket, ConnectionFailure>>()
  const chunk = Buffer.allocUnsafeSlow(chunkBytes)
  const callback = (length: number): boolean => {
    receive(chunk.subarray(0, length))
    return true
  }
  const to = { host, port, onread: { buffer: chunk, callback } }
  let socket: Socket
  try {
    socket = tls === null ? connectTcp(to) : connectTls({ ...to, ...tlsOptions(tls) })
  } catch (error) {
    // unreadable PEM is found here, before a byte is sent
    if (!(error instanceof Error)) throw error
    return Promise.resolve(fail({ kind: 'refused', address, reason: error.message }))
  }
  const timer = setTimeout(
    () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  )
  const onError = (error: Error): void => {
    clearTimeout(timer)
    resolve(fail(socketFailure(address, error)))
  }
  socket.once('error', onError)
  socket.once(tls === null ? 'connect' : 'secureConnect', () => {
    clearTimeout(timer)
    socket.off('error', onError)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    resolve(ok(socket))
  })
  return promise
}

/**
 * The chain is verified, the name is not: a Heroku broker's certificate names
 * an internal host, and its authority signs that cluster's brokers alone.
 */
function tlsOptions({ trusted, certificate, key }: ClientCertificate) {
  return { ca: trusted, cert: certificate, key: key.reveal(), checkServerIdentity: () => undefined }
}
