import { createReadStream } from 'node:fs'
import { readdir, rename, rmdir } from 'node:fs/promises'
import { isAbsolute, join, normalize, posix } from 'node:path'
import { extract, list, type ReadEntry } from 'tar'

export interface UnpackLimits {
  readonly entries: number
  readonly sizeBytes: number
}

/** Heroku takes slugs of up to 500 MB compressed; what unpacks to more than this is a mistake or an attack. */
export const usualLimits: UnpackLimits = { entries: 200_000, sizeBytes: 2 * 2 ** 30 }

/** Unpacks a source tarball into an empty folder. It is read twice: nothing is written before every entry was seen. */
export async function unpack(tarball: string, into: string, limits: UnpackLimits, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await checkEntries(tarball, limits, signal)
  await extract({ file: tarball, cwd: into, strict: true, preserveOwner: false })
  signal.throwIfAborted()
  await liftOnlyFolder(into)
}

function checkEntries(tarball: string, limits: UnpackLimits, signal: AbortSignal): Promise<void> {
  const source = createReadStream(tarball)
  const total = { entries: 0, sizeBytes: 0 }
  return new Promise<void>((resolve, reject) => {
    const refuse = (message: string, options?: ErrorOptions): void =>
      reject(new Error(`The source tarball ${message}`, options))
    const parser = list({
      strict: true,
      onReadEntry(entry) {
        const refusal = refusalOf(entry, total, limits)
        if (refusal !== null) refuse(`is refused: ${refusal}`)
        entry.resume()
      },
    })
    parser.on('error', (error: unknown) => refuse(`cannot be unpacked: ${textOf(error)}`, { cause: error }))
    parser.on('end', () => resolve())
    source.on('error', (error) => refuse('cannot be read', { cause: error }))
    source.on('data', (chunk) => {
      if (!parser.write(Buffer.from(chunk))) source.pause()
    })
    parser.on('drain', () => source.resume())
    source.on('end', () => parser.end())
    signal.addEventListener('abort', () => refuse('is no longer wanted', { cause: signal.reason }), { once: true })
  }).finally(() => source.destroy())
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function refusalOf(
  entry: ReadEntry,
  total: { entries: number; sizeBytes: number },
  limits: UnpackLimits,
): string | null {
  total.entries += 1
  total.sizeBytes += entry.size
  if (total.entries > limits.entries) return `it has more than ${limits.entries} entries`
  if (total.sizeBytes > limits.sizeBytes) return `it unpacks to more than ${limits.sizeBytes} bytes`
  if (leaves(entry.path)) return `${JSON.stringify(entry.path)} lies outside of it`
  if (entry.type === 'SymbolicLink') return refusalOfLink(entry, posix.dirname(entry.path))
  if (entry.type === 'Link') return refusalOfLink(entry, '.')
  if (plainTypes.has(entry.type)) return null
  return `${JSON.stringify(entry.path)} is a ${entry.type}, and a slug has only files, folders and links`
}

/** Two of them are of the last century, and tar still writes them. */
const plainTypes: ReadonlySet<string> = new Set(['File', 'Directory', 'OldFile', 'ContiguousFile'])

function refusalOfLink({ path, linkpath = '' }: ReadEntry, from: string): string | null {
  const outside = isAbsolute(linkpath) || leaves(posix.join(from, linkpath))
  return outside ? `the link ${JSON.stringify(path)} leads outside of it, to ${JSON.stringify(linkpath)}` : null
}

function leaves(path: string): boolean {
  const plain = normalize(path)
  return isAbsolute(plain) || plain === '..' || plain.startsWith('../')
}

/** Archives that Git hosts make have one folder at the top; the app is what is in it. */
async function liftOnlyFolder(into: string): Promise<void> {
  const [only, ...others] = await readdir(into, { withFileTypes: true })
  if (only === undefined || others.length > 0 || !only.isDirectory()) return
  const folder = join(into, `.${only.name}.lifted`)
  await rename(join(into, only.name), folder)
  for (const name of await readdir(folder)) await rename(join(folder, name), join(into, name))
  await rmdir(folder)
}
