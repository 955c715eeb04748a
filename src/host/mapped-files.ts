import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { load } from 'koffi'

interface Range {
  readonly start: number
  readonly lengthBytes: number
}

interface MappedFile {
  readonly path: string
  ranges: readonly Range[]
}

type Madvise = (start: number, lengthBytes: number, advice: number) => number

/** MADV_DONTNEED: of a file that is mapped shared nothing is lost, changed pages included; they stay in the page cache. */
const dontNeed = 4

const statmFile = '/proc/self/statm'
const pageBytes = 4096

/**
 * Files that something in this process has mapped into its memory, and whose pages it can give back.
 *
 * Linux counts each page of a mapped file for the process that touched it, until somebody else needs it. Node has no call
 * that gives one back; `koffi` makes the one of the C library, and is loaded when it is first needed. Where there is no
 * such thing (other systems, other machines), everything is as if nobody gave anything back.
 */
export class MappedFiles {
  readonly #files = new Set<MappedFile>()
  readonly #statm = Buffer.alloc(128)
  /** Open while there are files. */
  #descriptor: number | undefined
  #madvise: Madvise | undefined

  /** Bytes of files and of shared memory that count for this process now, whoever mapped them; 0 where nothing was added. */
  get heldBytes(): number {
    if (this.#descriptor === undefined) return 0
    const length = readSync(this.#descriptor, this.#statm, 0, this.#statm.length, 0)
    return sharedPages(this.#statm.subarray(0, length)) * pageBytes
  }

  /** The file is there and mapped. Returned is to be called before it is unmapped: then other memory may lie there. */
  add(path: string): () => void {
    if (process.platform !== 'linux') return () => {}
    const file = { path: realpathSync(path), ranges: [] }
    this.#files.add(file)
    this.#descriptor ??= openSync(statmFile, 'r')
    return () => {
      this.#files.delete(file)
      if (this.#files.size > 0 || this.#descriptor === undefined) return
      closeSync(this.#descriptor)
      this.#descriptor = undefined
    }
  }

  /** The pages of all files added count no more until they are touched again, which takes some hundred nanoseconds each. */
  release(): void {
    const madvise = (this.#madvise ??= loadMadvise())
    for (const file of this.#files) {
      // who outgrows a mapping makes another one, and both are there until the file is closed
      const size = statSync(file.path, { throwIfNoEntry: false })?.size ?? 0
      if (file.ranges.length === 0 || file.ranges.every(({ lengthBytes }) => lengthBytes < size))
        file.ranges = rangesOf(file.path, readFileSync('/proc/self/maps', 'utf8'))
      for (const { start, lengthBytes } of file.ranges) madvise(start, lengthBytes, dontNeed)
    }
  }
}

function loadMadvise(): Madvise {
  try {
    const koffi: { readonly load: typeof load } = createRequire(import.meta.url)('koffi')
    return koffi.load(null).func('int madvise(uintptr_t start, size_t length, int advice)')
  } catch {
    return () => 0
  }
}

/** The third number of `/proc/self/statm`, read without making a text of it: it is looked at often. */
function sharedPages(statm: Uint8Array): number {
  let [spaces, pages] = [0, 0]
  for (const byte of statm) {
    if (byte === 0x20) spaces += 1
    else if (spaces === 2) pages = pages * 10 + byte - 0x30
    if (spaces > 2) break
  }
  return pages
}

/** Where `/proc/self/maps` says that a file lies. */
export function rangesOf(path: string, maps: string): readonly Range[] {
  return maps.split('\n').flatMap((line) => {
    const { from, to, file } = /^(?<from>[\da-f]+)-(?<to>[\da-f]+) (?:\S+ +){4}(?<file>.*)$/.exec(line)?.groups ?? {}
    if (from === undefined || to === undefined || file !== path) return []
    const start = Number.parseInt(from, 16)
    return [{ start, lengthBytes: Number.parseInt(to, 16) - start }]
  })
}
