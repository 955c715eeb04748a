import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, link, mkdir } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { streamsClassPath } from './java-program.ts'

const example = fileURLToPath(new URL('../../examples/jvm-word-count', import.meta.url))

/**
 * Puts the example into an empty folder, built as `mvn package` would: classes
 * in target/classes, jars in target/lib. It needs `javac` and the artifact cache, not Maven.
 */
export async function buildJvmWordCount(folder: string): Promise<void> {
  await cp(example, folder, { recursive: true, filter: (path) => basename(path) !== 'target' })
  const classPath = await streamsClassPath()
  const source = join(folder, 'src', 'main', 'java', 'WordCount.java')
  await javac(['-encoding', 'UTF-8', '-cp', classPath, '-d', join(folder, 'target', 'classes'), source])
  const library = join(folder, 'target', 'lib')
  await mkdir(library)
  for (const jar of classPath.split(delimiter)) await place(jar, join(library, basename(jar)))
}

/** As a second name of the same file where that can be: the jars are 90 MB. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to))
}

async function javac(args: readonly string[]): Promise<void> {
  const child = spawn('javac', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0)
    throw new Error(`javac ended with ${String(code)}: a JDK, 17 or later, is needed to build the example`)
}
