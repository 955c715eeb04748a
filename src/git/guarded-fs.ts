import * as fs from 'node:fs'
import type { PromiseFsClient } from 'isomorphic-git'
import { checkPack, type PackLimits } from './check-pack.ts'
import { GitTrouble } from './failure.ts'

/** Files as the library wants them, but for this: a pack is checked before it is kept, and so before it is unpacked. */
export function guardedFs(url: string, limits: PackLimits): PromiseFsClient {
  const writeFile = async (...[path, bytes, options]: Parameters<typeof fs.promises.writeFile>): Promise<void> => {
    if (typeof path === 'string' && path.endsWith('.pack') && bytes instanceof Uint8Array) await check(bytes)
    await fs.promises.writeFile(path, bytes, options)
  }
  const check = async (pack: Uint8Array): Promise<void> => {
    const verdict = await checkPack(pack, limits)
    if (verdict.kind === 'broken') throw new GitTrouble({ kind: 'unclear', url, detail: 'the pack it sent is broken' })
    if (verdict.kind !== 'too-large') return
    throw new GitTrouble({
      kind: 'too-large',
      url,
      what: 'the commit is larger, unpacked, than is read',
      most: verdict.most,
    })
  }
  return { promises: { ...fs.promises, writeFile } }
}
