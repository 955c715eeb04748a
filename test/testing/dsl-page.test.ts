import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

const page = readFileSync(new URL('../../docs/reference/dsl.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'dsl-page-'))

describe('the examples of docs/reference/dsl.md', () => {
  after(() => rmSync(folder, { recursive: true }))

  for (const [index, section] of page.split('\n## ').slice(1).entries()) {
    const title = section.slice(0, section.indexOf('\n'))
    const code = /```ts\n(.*?)```/s.exec(section)?.[1]
    if (code === undefined) continue
    it(`${title}: does what its assertions say`, async () => {
      const file = join(folder, `example-${index}.ts`)
      writeFileSync(file, resolved(code))
      await import(pathToFileURL(file).href)
    })
  }
})

/** The package by its name, as an app imports it, from a folder outside of it. */
function resolved(code: string): string {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  return code
    .replace("'weirkeeper/registry'", at('../../src/registry.ts'))
    .replace("'weirkeeper/testing'", at('../../src/testing/index.ts'))
    .replace("'weirkeeper'", at('../../src/index.ts'))
}
