import { readdirSync, statSync, openSync, readSync, closeSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import type { ManifestFile } from '../resource/read-documents.ts'
import type { Around } from './terminal.ts'

export interface ReadManifestFiles {
  readonly files: readonly ManifestFile[]
  /** What could not be read. */
  readonly mistakes: readonly ManifestMistake[]
}

/** More than a manifest may have, and less than a machine would notice. */
const mostBytesRead = 16 * 1024 * 1024

/** What `-f` names: files, folders (their .yaml, .yml and .json files, with those of folders below), or `-` for stdin. */
export async function readManifestFiles(names: readonly string[], { cwd, stdin }: Around): Promise<ReadManifestFiles> {
  const files: ManifestFile[] = []
  const mistakes: ManifestMistake[] = []
  for (const name of names) {
    if (name === '-') {
      files.push({ name: '-', bytes: await stdin() })
      continue
    }
    const found = filesUnder(resolve(cwd, name))
    if (typeof found === 'string') mistakes.push(unreadable(name, found))
    else files.push(...found.map((path) => ({ name: relative(cwd, path) || path, bytes: beginningOf(path) })))
  }
  return { files, mistakes }
}

/** The files, or why there are none. */
function filesUnder(path: string): readonly string[] | string {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'there is no such file'
  if (!stat.isDirectory()) return [path]
  const below = readdirSync(path, { withFileTypes: true, recursive: true })
  const paths = below
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return paths.length > 0 ? paths.toSorted((a, b) => (a < b ? -1 : 1)) : 'no .yaml, .yml or .json file in this folder'
}

function unreadable(file: string, message: string): ManifestMistake {
  // `kubectl logs -f word-count` is in many fingers.
  const hint = '-f names manifests. A StreamApp is named without it, and weir logs goes on with --follow'
  const isName = /^[a-z0-9-]+$/.test(file) && file !== '-'
  return { file, line: 1, column: 1, endColumn: 2, path: '', message, ...(isName ? { hint } : {}) }
}

/** Enough of a file to see that it is too large; a disk image given by mistake is not read to its end. */
function beginningOf(path: string): Uint8Array {
  const descriptor = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(Math.min(mostBytesRead, statSync(path).size))
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(descriptor)
  }
}
