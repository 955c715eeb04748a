import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { CertificateAuthority } from '../../host/certificate-authority.ts'
import { portOf } from '../../host/open-server.ts'
import { dataServer } from './data/data-server.ts'
import { deliver } from './deliver-webhook.ts'
import type { Knobs } from './http/knobs.ts'
import { platformServer } from './http/platform-server.ts'
import { RateLimit } from './http/rate-limit.ts'
import type { Heroku, HerokuOptions } from './options.ts'
import { findApp } from './platform/find.ts'
import { World } from './world.ts'

/** Starts both APIs on this machine's loopback. It is not Heroku and is never passed off as it. */
export async function startHeroku(options: HerokuOptions): Promise<Heroku> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-heroku-'))
  const world = new World(options, { folder, baseUrl: '' })
  world.onEvent((app, event) => deliver(world, app, event))
  const knobs = newKnobs(world)
  // Certificates live in real time: the clock of a test may stand anywhere.
  const authority = await CertificateAuthority.create('Weirkeeper local data API', Date.now())
  const { certificate, key } = await authority.issue({ commonName: 'localhost', hosts: loopback }, Date.now())
  const caPem = authority.pair.certificate
  const caFile = join(folder, 'data-api-ca.pem')
  await writeFile(caFile, caPem)
  const platform = platformServer({ host: 'platform', world, knobs })
  const data = dataServer({ host: 'data', world, knobs, tls: { key, cert: certificate } })
  const close = async (): Promise<void> => {
    await world.stop()
    await Promise.all([platform.close(), data.close()])
    await Promise.all([...world.apps.values()].map(({ dynos }) => dynos.close()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    world.places.baseUrl = `http://${await listen(platform, options.port)}`
    const dataHost = await listen(data, options.dataPort)
    return { apiUrl: world.places.baseUrl, dataHost, apiKey: options.apiKey, caFile, caPem, knobs, close }
  } catch (error) {
    await close()
    throw error
  }
}

const loopback = ['127.0.0.1', 'localhost']

async function listen(server: FastifyInstance, port = 0): Promise<string> {
  await server.listen({ host: '127.0.0.1', port })
  return `127.0.0.1:${portOf(server.server)}`
}

const newKnobs = (world: World): Knobs => ({
  requests: [],
  rateLimit: new RateLimit(world.options.clock),
  latencyMs: 0,
  fault: () => null,
  emptyNotFound: false,
  dailyRestart: (app) => findApp(world, app).dynos.restart({ kind: 'all' }, 'daily'),
  settled: () => world.settled(),
})
