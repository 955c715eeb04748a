import { Header } from 'tar'
import type { Heroku } from '../../../src/local/heroku/options.ts'
import { fieldsOf } from './judge.ts'

/** An app that was deployed, with a ready Kafka of its own. */
export async function makeApp(heroku: Heroku, name: string): Promise<void> {
  await ask(heroku, '/apps', { name })
  const slug = fieldsOf(
    await ask(heroku, `/apps/${name}/slugs`, { process_types: { worker: 'sleep 100000' }, commit: 'abcdef1234567' }),
  )
  await fetch(String(fieldsOf(slug['blob'])['url']), { method: 'PUT', body: emptySlug() })
  await ask(heroku, `/apps/${name}/releases`, { slug: slug['id'] })
  await ask(heroku, `/apps/${name}/addons`, { plan: 'heroku-kafka:basic-0' })
  await heroku.knobs.settled()
}

async function ask({ apiUrl, apiKey }: Heroku, path: string, body: object): Promise<unknown> {
  const response = await fetch(apiUrl + path, {
    method: 'POST',
    headers: {
      accept: 'application/vnd.heroku+json; version=3',
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** One empty folder, `app`: a header and the two empty blocks that end an archive. */
export function emptySlug(): Uint8Array<ArrayBuffer> {
  const archive = Buffer.alloc(3 * 512)
  new Header({ path: './app/', type: 'Directory', mode: 0o755, size: 0, mtime: new Date(0) }).encode(archive, 0)
  return new Uint8Array(archive)
}
