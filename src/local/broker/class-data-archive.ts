import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The JVM's archive of classes already parsed and checked (AppCDS): it halves
 * the start of the broker. It fits one Java and one class path, so both are in
 * its name, and a JVM that finds it unfit goes on without it.
 */
export interface ClassDataArchive {
  readonly path: string
  readonly isThere: boolean
}

export function classDataArchive(cache: string, javaVersion: string, classPath: readonly string[]): ClassDataArchive {
  const fit = createHash('sha256')
    .update([javaVersion, ...classPath].join('\n'))
    .digest('hex')
    .slice(0, 16)
  const path = join(cache, 'class-data', `broker-${fit}.jsa`)
  return { path, isThere: existsSync(path) }
}

/** With the archive a JVM uses it; without, it writes down which classes it loads, so that the archive can be made. */
export function archiveFlags(archive: ClassDataArchive, classList: string): readonly string[] {
  return archive.isThere
    ? [`-XX:SharedArchiveFile=${archive.path}`]
    : [`-XX:DumpLoadedClassList=${classList}`, '-Xlog:cds=off']
}

/**
 * Makes the archive from the classes that a running broker has loaded: about six
 * seconds of one core at the lowest priority, once per cache. One that is
 * broken off leaves nothing behind; the next start tries again. It only makes
 * starts faster, so what went wrong is returned and never thrown.
 */
export async function makeArchive(
  archive: ClassDataArchive,
  classList: string,
  classPath: readonly string[],
  signal: AbortSignal,
): Promise<Error | undefined> {
  const temporary = `${archive.path}.${randomUUID()}`
  const settled = `${classList}.settled`
  try {
    await mkdir(dirname(archive.path), { recursive: true })
    await writeFile(settled, wholeLines(await readFile(classList, 'utf8')))
    const code = await dump(
      [
        '-Xshare:dump',
        '-Xlog:cds=off',
        '-XX:+UseSerialGC',
        `-XX:SharedClassListFile=${settled}`,
        `-XX:SharedArchiveFile=${temporary}`,
        '-cp',
        classPath.join(':'),
      ],
      signal,
    )
    if (code !== 0) return new Error(`java -Xshare:dump ended with ${code}`)
    await rename(temporary, archive.path)
    return undefined
  } catch (cause) {
    return new Error('making the class-data archive of the broker', { cause })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The JVM may be in the middle of its last line. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1)

/** With `nice`, which every POSIX system has. */
function dump(args: readonly string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('nice', ['-n', '19', 'java', ...args], { stdio: 'ignore', signal, killSignal: 'SIGKILL' })
    child.once('error', () => resolve(1))
    child.once('close', (code) => resolve(code ?? 1))
  })
}
