import { readdirSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { create } from 'tar'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What a dyno needs of this package; its packages Heroku installs from the lock file. */
const parts = [
  'package.json',
  'package-lock.json',
  'Procfile',
  'app.json',
  'bin',
  'src',
  'scripts',
  'examples',
  'manifests',
]

/** This very package as a gzipped tarball that Heroku can build. */
export async function packageTarball(): Promise<Uint8Array<ArrayBuffer>> {
  const there = new Set(readdirSync(root))
  const missing = parts.filter((part) => !there.has(part))
  if (missing.length > 0) throw new Error(`this weir was installed without ${missing.join(', ')}: say --source URL`)
  const entries = create({ gzip: true, cwd: root, portable: true, filter: isWanted }, [...parts])
  return new Uint8Array(await buffer(entries))
}

function isWanted(path: string): boolean {
  return !path.split('/').some((part) => part === 'node_modules' || part === 'target')
}
