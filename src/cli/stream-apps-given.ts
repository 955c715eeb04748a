import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail, ok, type Result } from '../base/result.ts'
import { checkStreamApp } from '../resource/check-stream-app.ts'
import { checkTogether } from '../resource/check-together.ts'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import { parseManifests } from '../resource/parse-manifests.ts'
import type { ManifestFile } from '../resource/read-documents.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { Around } from './terminal.ts'

/** The StreamApps of the files given, or everything that is wrong with them, in lines for a person. */
export async function streamAppsGiven(
  files: readonly string[],
  around: Around,
): Promise<Result<readonly StreamApp[], string>> {
  if (files.length === 0) return fail('name at least one manifest: -f FILE, or -f - for what is piped in')
  const read = await Promise.all(files.map((file) => readManifest(file, around)))
  const missing = read.flatMap((file) => (file.ok ? [] : [file.error]))
  if (missing.length > 0) return fail(missing.join('\n'))

  const { apps, mistakes } = parseManifests(read.flatMap((file) => (file.ok ? [file.value] : [])))
  const all = [...mistakes, ...apps.flatMap((document) => checkStreamApp(document).errors), ...checkTogether(apps)]
  if (all.length > 0)
    return fail(
      `${all.map(mistakeLine).join('\n')}\nweir validate ${files.map((file) => `-f ${file}`).join(' ')} shows them in place`,
    )
  return apps.length === 0 ? fail(`${files.join(', ')}: there is no StreamApp in it`) : ok(apps.map(({ app }) => app))
}

async function readManifest(name: string, { cwd, stdin }: Around): Promise<Result<ManifestFile, string>> {
  if (name === '-') return ok({ name: 'stdin', bytes: await stdin() })
  try {
    return ok({ name, bytes: await readFile(resolve(cwd, name)) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return fail(`${name}: there is no such file`)
    if (code === 'EISDIR') return fail(`${name}: that is a folder; name its files`)
    if (code === 'EACCES') return fail(`${name}: it may not be read`)
    throw error
  }
}

function mistakeLine({ file, line, column, message, hint }: ManifestMistake): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}
