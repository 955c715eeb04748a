import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Header } from 'tar'

export interface Entry {
  readonly path: string
  readonly text?: string
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO'
  readonly linkpath?: string
  /** A size that the header claims, when it is not that of the text. */
  readonly claims?: number
}

/** Writes a .tar.gz entry by entry, those that no sane tool would write included. */
export async function writeTarball(file: string, entries: readonly Entry[]): Promise<string> {
  const blocks = entries.flatMap(({ path, text = '', type = 'File', linkpath, claims }) => {
    const body = Buffer.from(text)
    const header = new Header({
      path,
      type,
      mode: 0o644,
      size: claims ?? body.length,
      ...(linkpath !== undefined && { linkpath }),
    })
    const block = Buffer.alloc(512)
    header.encode(block)
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  await pipeline([...blocks, Buffer.alloc(1024)], createGzip(), createWriteStream(file))
  return file
}
