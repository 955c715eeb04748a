import { Header } from 'tar'
import type { Heroku } from '../../src/local/heroku/options.ts'

/** An app of the emulator with these process types and a slug that holds nothing: its dynos are fakes or do not matter. */
export async function deploy(heroku: Heroku, name: string, processTypes?: ProcessTypes): Promise<void> {
  await ask(heroku, 'POST', '/apps', { name })
  await release(heroku, name, processTypes)
}

/** The same for an app that is there. */
export async function release(
  heroku: Heroku,
  name: string,
  processTypes: ProcessTypes = { worker: 'node worker.ts' },
): Promise<void> {
  const slug: Slug = await ask(heroku, 'POST', `/apps/${name}/slugs`, {
    process_types: processTypes,
    commit: 'abcdef1234567',
  })
  await fetch(slug.blob.url, { method: 'PUT', body: emptySlug() })
  await ask(heroku, 'POST', `/apps/${name}/releases`, { slug: slug.id })
}

/** A ready heroku-kafka add-on of the app; its id. */
export async function addKafka(heroku: Heroku, app: string, plan = 'heroku-kafka:basic-0'): Promise<string> {
  const { id }: { readonly id: string } = await ask(heroku, 'POST', `/apps/${app}/addons`, { plan })
  await heroku.knobs.settled()
  return id
}

/** What the emulator's Platform API answers. @throws Error if it refuses. */
export async function ask<Body>(
  { apiUrl, apiKey }: Heroku,
  method: 'POST' | 'PATCH',
  path: string,
  body: object,
): Promise<Body> {
  const response = await fetch(apiUrl + path, {
    method,
    headers: {
      accept: 'application/vnd.heroku+json; version=3',
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}

type ProcessTypes = Readonly<Record<string, string>>

interface Slug {
  readonly id: string
  readonly blob: { readonly url: string }
}

/** One empty folder, `app`: a header and the two empty blocks that end an archive. */
function emptySlug(): Uint8Array<ArrayBuffer> {
  const archive = Buffer.alloc(3 * 512)
  new Header({ path: './app/', type: 'Directory', mode: 0o755, size: 0, mtime: new Date(0) }).encode(archive, 0)
  return new Uint8Array(archive)
}
