import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, it } from 'node:test'
import { plain } from '../../../src/server/http/answer.ts'
import { Outgoing } from '../../../src/server/http/outgoing.ts'
import { until } from '../../support/until.ts'

const long = 'x'.repeat(8 * 1024 * 1024)
const outgoing = new Outgoing(20 * 1024 * 1024)
let [came, left] = [0, 0]
const server = createServer((request, response) => {
  const answer = plain(200, request.url === '/short' ? 'short' : long)
  if (request.url !== '/late') return outgoing.send(response, answer)
  came += 1
  // Where there was a request before it on the connection, this is not the one that has the socket.
  request.socket.once('close', () =>
    setImmediate(() => {
      outgoing.send(response, answer)
      left += 1
    }),
  )
})
let port = 0
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
})
after(() => {
  server.close()
  server.closeAllConnections()
})

/** Reads the head of the answer and no more. */
async function ask(path: string): Promise<{ readonly socket: Socket; readonly status: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`)
  await once(socket, 'readable')
  const head = String(socket.read(15))
  return { socket, status: head.slice(9, 12) }
}

it('long answers that nobody reads are no more than fit into memory, and short ones are always given', async () => {
  const unread = [await ask('/long'), await ask('/long')]
  assert.deepEqual(
    unread.map(({ status }) => status),
    ['200', '200'],
  )
  const [refused, short] = [await ask('/long'), await ask('/short')]
  assert.deepEqual([refused.status, short.status], ['429', '200'])

  // Whoever goes gives room, and so does who reads to the end.
  unread[0]?.socket.destroy()
  await until(async () => {
    const { socket, status } = await ask('/long')
    socket.resume()
    return status === '200'
  })
  for (const { socket } of [...unread, refused, short]) socket.destroy()
})

it('an answer to somebody who left is on its way no more', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /late HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(2))
    await until(() => came === 2 * (turn + 1))
    socket.destroy()
  }
  await until(() => left === 20)
  const { socket, status } = await ask('/long')
  assert.equal(status, '200')
  const second = await ask('/long')
  assert.equal(second.status, '200')
  for (const one of [socket, second.socket]) one.destroy()
})
