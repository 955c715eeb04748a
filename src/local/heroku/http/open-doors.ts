import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { extract } from 'tar'
import type { LogLine } from '../../dyno/dyno-manager.ts'
import { read } from '../output-stream.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { LogSession, World } from '../world.ts'
import { paramsOf } from './call.ts'
import type { ServerParts } from './server.ts'

const maxBlobBytes = 1024 * 1024 * 1024

/** Addresses that carry their own secret and take no key: at Heroku they are on other hosts. */
export function openDoors(server: FastifyInstance, { world }: ServerParts): void {
  void server.register(async (door) => {
    door.removeAllContentTypeParsers()
    door.addContentTypeParser('*', { bodyLimit: maxBlobBytes }, (_request, body, done) => done(null, body))
    door.put('/sources/:id', { bodyLimit: maxBlobBytes }, async (request, reply) => {
      await save(request, placeOf(world, idOf(request)))
      return reply.code(200).send()
    })
    door.get('/sources/:id', async (request, reply) =>
      reply.type('application/gzip').send(createReadStream(placeOf(world, idOf(request)))),
    )
    door.put('/slug-blobs/:id', { bodyLimit: maxBlobBytes }, async (request, reply) => {
      await takeSlug(world, request)
      return reply.code(200).send()
    })
    door.get('/streams/:id', async (request, reply) => {
      const stream = world.open.streams.get(idOf(request))
      if (stream === undefined) throw notFound('output_stream', 'output stream')
      return reply.type('text/plain; charset=utf-8').send(Readable.from(read(stream, goneSignal(world, reply))))
    })
    door.get('/logplex/:id', async (request, reply) => {
      const session = world.open.logSessions.get(idOf(request))
      if (session === undefined) throw notFound('log_session', 'log session')
      return reply.type('text/event-stream').send(eventsOf(session, goneSignal(world, reply)))
    })
  })
}

const idOf = (request: FastifyRequest): string => paramsOf(request)['id'] ?? ''

function placeOf(world: World, id: string): string {
  const place = world.open.blobs.get(id)
  if (place === undefined) throw notFound('source')
  return place
}

async function save(request: FastifyRequest, into: string): Promise<void> {
  const body: unknown = request.body ?? Readable.from([])
  if (!(body instanceof Readable)) throw new TypeError('a blob is a stream here')
  await pipeline(body, createWriteStream(into))
}

/** A slug is a tarball with everything under `./app`. */
async function takeSlug(world: World, request: FastifyRequest): Promise<void> {
  const slug = world.open.slugs.get(idOf(request))
  if (slug === undefined) throw notFound('slug')
  const file = join(world.places.folder, `slug-${slug.id}.tgz`)
  const directory = join(world.places.folder, `slug-${slug.id}`)
  await save(request, file)
  await mkdir(directory, { recursive: true })
  await extract({ file, cwd: directory, filter: (path) => /^(\.\/)?app(\/|$)/.test(path) }).catch((error: unknown) => {
    throw invalidParams(`The blob is not a tar archive, gzipped or plain: ${String(error)}`)
  })
  slug.directory = join(directory, 'app')
  await mkdir(slug.directory, { recursive: true })
  slug.sizeBytes = (await stat(file)).size
  slug.updatedAt = world.now()
}

/** Fires when the answer is over, the client has gone, or the emulator closes. */
function goneSignal(world: World, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return AbortSignal.any([world.signal, gone.signal])
}

/** Server-sent events as the real `heroku logs` reads them; without `tail` the stream ends after the last line. */
function eventsOf({ app, filter, isTail }: LogSession, signal: AbortSignal): Readable {
  const stream = new PassThrough()
  const write = (line: LogLine): void => void stream.write(`id: ${line.at.getTime()}\ndata: ${logText(line)}\n\n`)
  for (const line of app.dynos.log.lines(filter)) write(line)
  if (!isTail) return stream.end()
  // A comment, so that the client has its headers before the first line comes.
  stream.write(': following\n\n')
  app.dynos.log.follow(filter, write, signal)
  signal.addEventListener('abort', () => stream.end(), { once: true })
  return stream
}

const logText = ({ at, source, dyno, text }: LogLine): string =>
  `${at.toISOString().replace('Z', '+00:00')} ${source}[${dyno}]: ${text}`
