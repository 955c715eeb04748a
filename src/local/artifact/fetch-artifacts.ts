import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import artifactUrl from 'mvn-artifact-url'
import { artifactFile, type Artifact } from './artifact.ts'
import type { ArtifactCache } from './artifact-cache.ts'

/** Where a download stands. Files that were in the cache already are not counted. */
export interface FetchProgress {
  readonly filesDone: number
  readonly files: number
  readonly bytesDone: number
  readonly bytes: number
}

export interface FetchOptions {
  readonly cache: ArtifactCache
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

const parallel = 6
const attempts = 3
const silenceMs = 30_000

/**
 * The files of these artifacts, in their order, fetched where the cache lacks
 * them. A file is under its name only once it is whole and its SHA-256 is the
 * pinned one, so what is there is trusted by its name and size.
 */
export async function fetchArtifacts(
  artifacts: readonly Artifact[],
  options: FetchOptions,
): Promise<readonly string[]> {
  const folder = join(options.cache.folder, 'jars')
  await mkdir(folder, { recursive: true })
  const missing: Artifact[] = []
  for (const artifact of artifacts) {
    if (!(await isThere(join(folder, artifactFile(artifact)), artifact.sizeBytes))) missing.push(artifact)
  }
  if (missing.length > 0) await fetchAll(missing, folder, options)
  return artifacts.map((artifact) => join(folder, artifactFile(artifact)))
}

async function isThere(path: string, sizeBytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.size === sizeBytes
}

async function fetchAll(missing: readonly Artifact[], folder: string, options: FetchOptions): Promise<void> {
  const bytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let [filesDone, bytesDone] = [0, 0]
  const tell = (): void => options.onProgress?.({ filesDone, files: missing.length, bytesDone, bytes })
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])
  // The largest first, so that no long download is left alone at the end.
  const queue = missing.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  const work = async (): Promise<void> => {
    for (let artifact = queue.shift(); artifact !== undefined; artifact = queue.shift()) {
      const onBytes = (count: number): void => {
        bytesDone += count
        tell()
      }
      await fetchWithRetries(artifact, folder, { repository: options.cache.repository, signal, onBytes })
      filesDone += 1
      tell()
    }
  }
  tell()
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, missing.length) }, work))
  } finally {
    stop.abort()
  }
}

interface FetchOne {
  readonly repository: string | undefined
  readonly signal: AbortSignal
  readonly onBytes: (count: number) => void
}

async function fetchWithRetries(artifact: Artifact, folder: string, one: FetchOne): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    let received = 0
    const onBytes = (count: number): void => {
      received += count
      one.onBytes(count)
    }
    try {
      await fetchOne(artifact, folder, { ...one, onBytes })
      return
    } catch (cause) {
      one.onBytes(-received)
      if (one.signal.aborted) throw cause
      if (attempt >= attempts || cause instanceof Refused) throw cannotFetch(artifact, one.repository, cause)
    }
  }
}

/** The repository answered, and another try would get the same answer. */
class Refused extends Error {}

async function fetchOne(artifact: Artifact, folder: string, { repository, signal, onBytes }: FetchOne): Promise<void> {
  const url = await urlOf(artifact, repository)
  const silence = new AbortController()
  const alarm = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs / 1000} s`)), silenceMs)
  const temporary = join(folder, `.${artifactFile(artifact)}.${randomUUID()}`)
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]) })
    if (response.status >= 400 && response.status < 500) throw new Refused(`${url} answered ${response.status}`)
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`)
    const hash = createHash('sha256')
    const watch = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        alarm.refresh()
        hash.update(chunk)
        onBytes(chunk.length)
        done(null, chunk)
      },
    })
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(temporary))
    const sha256 = hash.digest('hex')
    if (sha256 !== artifact.sha256) {
      throw new Refused(`${url} has SHA-256 ${sha256}, but ${artifact.sha256} is pinned: it was not kept`)
    }
    await rename(temporary, join(folder, artifactFile(artifact)))
  } finally {
    clearTimeout(alarm)
    await rm(temporary, { force: true })
  }
}

function urlOf({ group, name, version, classifier }: Artifact, repository: string | undefined): Promise<string> {
  const base = repository === undefined || repository.endsWith('/') ? repository : `${repository}/`
  const second = classifier === '' ? {} : { classifier }
  return artifactUrl.default({ groupId: group, artifactId: name, version, ...second }, base)
}

function cannotFetch(artifact: Artifact, repository: string | undefined, cause: unknown): Error {
  const from = repository ?? "Maven's central repository"
  return new Error(
    `could not fetch ${artifactFile(artifact)} from ${from}: ${reasonOf(cause)}. ` +
      'The first run needs a connection to it; what was fetched is kept, so run the command again once there is one. ' +
      'Behind a mirror, set WEIRKEEPER_MAVEN_REPOSITORY to its address; behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1',
    { cause },
  )
}

/** `fetch` says "fetch failed" and keeps the reason (no address, refused, certificate) in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
