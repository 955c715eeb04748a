import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { finished } from './finished.ts'
import { installOnce } from './install-once.ts'

/** `cpython-311`, for which packages are installed; undefined without a Python that can install some. */
export function pythonHere(): string | undefined {
  const asked = ['-c', 'import pip, sys; assert sys.version_info >= (3, 10); print(sys.implementation.cache_tag)']
  const { status, stdout } = spawnSync('python3', asked, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** Why a test in Python is skipped where `pythonHere` found none. */
export const noPython = 'no python3 (3.10 or later) with pip on this machine'

interface Packages {
  /** A file with every package pinned, the packages that they need as well. */
  readonly requirements: string
  /** The one of them that all is about. */
  readonly main: string
  readonly megabytes: number
  /** Of `pythonHere`. */
  readonly tag: string
}

/** For PYTHONPATH. Named for what is in it, so that a change of the pinned versions installs anew. */
export async function installPackages({ requirements, main, megabytes, tag }: Packages): Promise<string> {
  const pinned = await readFile(requirements, 'utf8')
  const version = new RegExp(`^${main}==(.*)$`, 'm').exec(pinned)?.[1]
  assert.ok(version, `${requirements} does not pin ${main}`)
  const hash = createHash('sha256').update(pinned).digest('hex')
  return installOnce({
    name: `python-${main}-${version}-${tag}-${hash.slice(0, 8)}`,
    what: `${main} ${version} for Python into the cache, once (${megabytes} MB)`,
    say: (progress) => console.log(`# ${progress}`),
    install: async (folder) => {
      const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile']
      const child = spawn('python3', [...args, '--requirement', requirements, '--target', folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 180_000,
      })
      const { code, stderr } = await finished(child)
      assert.equal(code, 0, stderr)
    },
  })
}
