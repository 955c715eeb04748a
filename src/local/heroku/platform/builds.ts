import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { objectOf, optionalObject, optionalText, requiredText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { append, end, newOutputStream } from '../output-stream.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App, Build, Slug } from '../records.ts'
import { isoTime, stack, userIdentity } from '../views.ts'
import type { World } from '../world.ts'
import { configVarsOf } from './effective-config.ts'
import { appOf } from './find.ts'
import { makeRelease } from './make-release.ts'
import { newSlug } from './slugs.ts'

const path = '/apps/:app/builds'

export const buildRoutes: readonly Route[] = [
  { method: 'POST', path: '/sources', status: 201, answer: (call) => newSource(call.world) },
  {
    method: 'POST',
    path: '/apps/:app/sources',
    status: 201,
    answer: (call) => [appOf(call)].map(() => newSource(call.world))[0],
  },
  {
    method: 'GET',
    path,
    range: ['id'],
    answer: (call) => [...appOf(call).builds.values()].map((build) => view(call, build)),
  },
  { method: 'GET', path: `${path}/:build`, answer: (call) => view(call, buildOf(call)) },
  { method: 'POST', path, status: 201, answer: (call) => view(call, start(call)) },
]

/** One address to PUT the tarball to and to name as `source_blob.url`. */
function newSource(world: World): object {
  const id = world.id()
  world.open.blobs.set(id, join(world.places.folder, `source-${id}.tgz`))
  const url = `${world.places.baseUrl}/sources/${id}`
  return { source_blob: { get_url: url, put_url: url } }
}

function buildOf(call: Call): Build {
  const build = appOf(call).builds.get(call.params['build'] ?? '')
  if (build === undefined) throw notFound('build')
  return build
}

function start(call: Call): Build {
  const { world } = call
  const app = appOf(call)
  const source = optionalObject(objectOf(call.body), 'source_blob')
  const build: Build = {
    id: world.id(),
    source: {
      url: httpUrl(requiredText(source, 'url')),
      checksum: optionalText(source, 'checksum'),
      version: optionalText(source, 'version'),
      versionDescription: optionalText(source, 'version_description'),
    },
    createdAt: world.now(),
    updatedAt: world.now(),
    status: 'pending',
    output: newOutputStream(world),
    slug: null,
    release: null,
  }
  app.builds.set(build.id, build)
  announceBuild(world, app, { build, action: 'create' })
  world.later(`build ${build.id}`, 0, () => run(world, app, build))
  return build
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw invalidParams(`source_blob.url must be an http or https address, and not ${JSON.stringify(text)}.`)
  }
  return text
}

/** A build that fails says why in its output, as at Heroku, and leaves the app as it was. */
async function run(world: World, app: App, build: Build): Promise<void> {
  try {
    const slug = await compile(world, app, build)
    app.slugs.set(slug.id, slug)
    build.slug = slug
    build.release = makeRelease(world, app, { description: `Deploy ${(slug.commit ?? slug.id).slice(0, 8)}`, slug })
    build.status = 'succeeded'
    append(build.output, `-----> Released v${build.release.version}\n`)
  } catch (error) {
    build.status = 'failed'
    append(build.output, ` !     ${error instanceof Error ? error.message : String(error)}\n !     Push failed\n`)
  }
  build.updatedAt = world.now()
  end(build.output)
  announceBuild(world, app, { build, action: 'update' })
}

async function compile(world: World, app: App, build: Build): Promise<Slug> {
  const tarball = join(world.places.folder, `build-${build.id}.tgz`)
  append(build.output, '-----> Fetching the source\n')
  await download(build.source.url, tarball, world.signal)
  await verify(tarball, build.source.checksum)
  const into = join(world.places.folder, `slug-${build.id}`)
  await mkdir(into)
  const { processTypes } = await world.options.buildSlug({
    tarball,
    into,
    config: configVarsOf(world, app),
    output: (line) => append(build.output, `${line}\n`),
    signal: world.signal,
  })
  const types = Object.keys(processTypes)
  append(build.output, `-----> Procfile declares types -> ${types.length === 0 ? '(none)' : types.join(', ')}\n`)
  const { version, versionDescription, checksum } = build.source
  const slug = newSlug(world, { processTypes, commit: version, commitDescription: versionDescription, checksum })
  slug.directory = into
  slug.sizeBytes = (await stat(tarball)).size
  return slug
}

async function download(url: string, into: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal })
  if (!response.ok || response.body === null) throw new Error(`GET of the source answered ${response.status}: ${url}`)
  await pipeline(Readable.fromWeb(response.body), createWriteStream(into), { signal })
}

/** `SHA256:<hex>`, as the Platform API writes it. */
async function verify(file: string, checksum: string | null): Promise<void> {
  if (checksum === null) return
  const actual = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  if (checksum.replace(/^SHA256:/i, '').toLowerCase() !== actual) {
    throw new Error(`The source's checksum is SHA256:${actual}, and not ${checksum}.`)
  }
}

const view = (call: Call, build: Build): object =>
  buildView(call.world, appOf(call), { build, isSdk: call.accept.version === '3.sdk' })

function buildView(world: World, app: App, { build, isSdk }: { build: Build; isSdk: boolean }): object {
  return {
    app: { id: app.id },
    buildpacks: null,
    created_at: isoTime(build.createdAt),
    id: build.id,
    output_stream_url: world.places.baseUrl + build.output.path,
    release: build.release === null ? null : { id: build.release.id },
    slug: build.slug === null ? null : { id: build.slug.id },
    source_blob: {
      checksum: build.source.checksum,
      url: build.source.url,
      version: build.source.version,
      version_description: build.source.versionDescription,
    },
    stack: stack.name,
    status: build.status,
    updated_at: isoTime(build.updatedAt),
    user: userIdentity(world.account),
    ...(isSdk ? { labs: {} } : {}),
  }
}

interface BuildNews {
  readonly build: Build
  readonly action: 'create' | 'update'
}

function announceBuild(world: World, app: App, { build, action }: BuildNews): void {
  const payload = { action, resource: 'build', data: buildView(world, app, { build, isSdk: false }), previousData: {} }
  world.announce(app, { include: 'api:build', payload })
}
