import { copyFile, cp, link, mkdir } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileJava, streamsClassPath } from './java-program.ts'

const example = fileURLToPath(new URL('../../examples/jvm-word-count', import.meta.url))

/**
 * Puts the example into an empty folder, built as `mvn package` would: classes
 * in target/classes, jars in target/lib. It needs `javac` and the artifact cache, not Maven.
 */
export async function buildJvmWordCount(folder: string): Promise<void> {
  await cp(example, folder, { recursive: true, filter: (path) => basename(path) !== 'target' })
  const source = join(folder, 'src', 'main', 'java', 'WordCount.java')
  await compileJava(source, join(folder, 'target', 'classes'))
  const library = join(folder, 'target', 'lib')
  await mkdir(library)
  const classPath = await streamsClassPath()
  for (const jar of classPath.split(delimiter)) await place(jar, join(library, basename(jar)))
}

/** As a second name of the same file where that can be: the jars are 90 MB. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to))
}
