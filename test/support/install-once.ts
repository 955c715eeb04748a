import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { machineCache } from './machine-cache.ts'

export interface Installation {
  /** Of its folder in the cache, with its version: what is there is taken as it is. */
  readonly name: string
  /** For whoever waits: `heroku 11.10.0 into the cache, once (380 MB)`. */
  readonly what: string
  readonly say: (progress: string) => void
  /** Puts it into an empty folder, which is moved to its place when all of it is there. */
  readonly install: (folder: string) => Promise<void>
}

/** What only a test needs, kept in the cache between runs. */
export async function installOnce({ name, what, say, install }: Installation): Promise<string> {
  const folder = join(machineCache().folder, name)
  if (existsSync(folder)) return folder
  const part = `${folder}.part-${process.pid}`
  await mkdir(part, { recursive: true })
  const startedAt = performance.now()
  const tell = (): void => say(`installing ${what}: ${Math.round((performance.now() - startedAt) / 1000)} s`)
  tell()
  const ticking = setInterval(tell, 5_000)
  try {
    await install(part)
    await rename(part, folder)
  } catch (error) {
    // Another run may have been faster.
    if (!existsSync(folder)) throw new Error(`could not be installed: ${what}`, { cause: error })
  } finally {
    clearInterval(ticking)
    await rm(part, { recursive: true, force: true })
  }
  return folder
}
