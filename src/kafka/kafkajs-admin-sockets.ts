import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

/**
 * The sockets of one kafkajs client, so that they can be cut: kafkajs takes no
 * signal, and before it closes a connection it waits for the answers still missing.
 */
export class Sockets {
  readonly #open = new Set<Socket>()
  #isCut = false

  readonly factory: ISocketFactory = ({ host, port, ssl: tls, onConnect }) => {
    if (this.#isCut) throw new Error('the connection was given up')
    // kafkajs passes no TLS settings for a plaintext cluster, whatever its types say.
    const isPlain = !tls as boolean
    const name = isIP(host) === 0 ? { servername: host } : {}
    const socket = isPlain ? connect({ host, port }, onConnect) : connectTls({ host, port, ...name, ...tls }, onConnect)
    socket.setKeepAlive(true, 60_000)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Ends every connection now, and those that would be made later. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#open) socket.destroy(new Error('the connection was given up'))
  }
}
