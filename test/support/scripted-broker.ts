import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { ByteReader } from '../../src/kafka/wire/bytes/byte-reader.ts'
import { ByteWriter } from '../../src/kafka/wire/bytes/byte-writer.ts'
import { FrameReader } from '../../src/kafka/wire/connection/frame-reader.ts'

/** What a script answers: the body, nothing at all, or bytes as they are in place of a frame. */
export type ScriptedAnswer = ((writer: ByteWriter) => void) | 'silence' | Buffer

export interface ScriptedCall {
  readonly key: number
  readonly version: number
  readonly body: ByteReader
}

export interface ScriptedBroker {
  readonly address: { readonly host: string; readonly port: number }
  /** Keys of the calls in the order they came, ApiVersions left out. */
  readonly calls: readonly number[]
  /** How many connections were made so far. */
  readonly connections: number
  cut(): void
  close(): Promise<void>
}

const apiVersionsKey = 18
export const apiKeys = { produce: 0, fetch: 1, listOffsets: 2, metadata: 3, initProducerId: 22 } as const

/** A broker that speaks the protocol's frames and answers by a script; what it speaks is what `keys` lists. */
export async function startScriptedBroker(
  answer: (call: ScriptedCall) => ScriptedAnswer,
  versions: readonly (readonly [key: number, min: number, max: number])[] = everyVersion,
): Promise<ScriptedBroker> {
  const sockets = new Set<Socket>()
  const calls: number[] = []
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const frames = new FrameReader(1_000_000)
    socket.on('data', (chunk: Buffer) =>
      frames.push(chunk, (frame) => {
        const body = new ByteReader(frame)
        const [key, version, correlationId] = [body.int16(), body.int16(), body.int32()]
        body.text(body.int16()) // client id
        body.taggedFields()
        if (key === apiVersionsKey) {
          socket.write(framed(correlationId, (writer) => writeVersions(writer, versions), false))
          return
        }
        calls.push(key)
        const answered = answer({ key, version, body })
        if (answered === 'silence') return
        socket.write(Buffer.isBuffer(answered) ? answered : framed(correlationId, answered, true))
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the scripted broker has no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: { host: '127.0.0.1', port: bound.port },
    calls,
    get connections() {
      return connections
    },
    cut,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const everyVersion = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18, 21, 22, 24, 25, 26, 28].map(
  (key) => [key, 0, 99] as const,
)

function framed(correlationId: number, write: (writer: ByteWriter) => void, flexible: boolean): Buffer {
  const writer = new ByteWriter()
  writer.int32(0)
  writer.int32(correlationId)
  if (flexible) writer.noTaggedFields()
  write(writer)
  const pieces = writer.pieces()
  writer.patchInt32(0, writer.length - 4)
  return Buffer.concat(pieces)
}

function writeVersions(writer: ByteWriter, versions: readonly (readonly [number, number, number])[]): void {
  writer.int16(0)
  writer.compactArray(versions, ([key, min, max]) => {
    writer.int16(key)
    writer.int16(min)
    writer.int16(max)
    writer.noTaggedFields()
  })
  writer.int32(0)
  writer.noTaggedFields()
}

/** A Metadata answer (version 12): one topic `t` with one partition, led by `leader`. */
export function writeMetadata(
  writer: ByteWriter,
  brokers: readonly { readonly host: string; readonly port: number }[],
  leader: number,
): void {
  writer.int32(0)
  writer.compactArray([...brokers.entries()], ([nodeId, { host, port }]) => {
    writer.int32(nodeId)
    writer.compactString(host)
    writer.int32(port)
    writer.compactString(null)
    writer.noTaggedFields()
  })
  writer.compactString(null)
  writer.int32(0)
  writer.compactArray(['t'], (name) => {
    writer.int16(0)
    writer.compactString(name)
    writer.bytes(new Uint8Array(16))
    writer.boolean(false)
    writer.compactArray([0], (partition) => {
      writer.int16(0)
      writer.int32(partition)
      writer.int32(leader)
      writer.int32(7)
      for (let list = 0; list < 3; list++) writer.compactArray([], () => {})
      writer.noTaggedFields()
    })
    writer.int32(0)
    writer.noTaggedFields()
  })
  writer.noTaggedFields()
}

/** A Fetch answer (version 12) for `t`-0. */
export function writeFetched(writer: ByteWriter, errorCode: number, records: Buffer | null): void {
  writer.int32(0)
  writer.int16(0)
  writer.int32(0)
  writer.compactArray(['t'], (name) => {
    writer.compactString(name)
    writer.compactArray([0], (partition) => {
      writer.int32(partition)
      writer.int16(errorCode)
      for (let offset = 0; offset < 3; offset++) writer.int64(100)
      writer.nullArray()
      writer.int32(-1)
      writer.compactBytes(records)
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  })
  writer.noTaggedFields()
}

/** A Produce answer (version 11) for `t`-0. */
export function writeProduced(writer: ByteWriter, errorCode: number, baseOffset: number, throttleMs = 0): void {
  writer.compactArray(['t'], (name) => {
    writer.compactString(name)
    writer.compactArray([0], (partition) => {
      writer.int32(partition)
      writer.int16(errorCode)
      writer.int64(baseOffset)
      writer.int64(-1)
      writer.int64(0)
      writer.compactArray([], () => {})
      writer.compactString(null)
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  })
  writer.int32(throttleMs)
  writer.noTaggedFields()
}

export function writeProducerId(writer: ByteWriter, producerId: number): void {
  writer.int32(0)
  writer.int16(0)
  writer.int64(producerId)
  writer.int16(0)
  writer.noTaggedFields()
}
