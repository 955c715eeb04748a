import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { exitCodes } from '../../src/cli/exit-code.ts'
import { reasons } from '../../src/controller/status/reasons.ts'
import { checkStreamApp } from '../../src/resource/check-stream-app.ts'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import { weir } from '../support/cli.ts'
import { fieldTable } from '../support/field-table.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The fenced blocks of a language; '' for those that name none. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , block]) => block ?? '')
}

function problemsOf(name: string, text: string): readonly string[] {
  const { apps, mistakes } = parseManifests([{ name, bytes: new TextEncoder().encode(text) }])
  const checked = apps.map(checkStreamApp)
  return [...mistakes, ...checked.flatMap(({ errors, warnings }) => [...errors, ...warnings])].map(
    ({ line, message }) => `${name}:${line} ${message}`,
  )
}

describe('docs/reference/streamapp.md', () => {
  it('lists the fields that the schema has', () => {
    const table = /<!-- fields:[^\n]*-->\n([\s\S]*?)\n<!-- end of fields -->/.exec(
      read('docs/reference/streamapp.md'),
    )?.[1]
    assert.equal(table, fieldTable())
  })

  it('shows what weir validate prints for its example', async () => {
    const text = read('docs/reference/streamapp.md')
    const shown = blocks(text, '').find((block) => block.startsWith('$ weir validate'))
    const { stdout } = await weir(['validate', '-f', '-'], { input: blocks(text, 'yaml')[0] ?? '' })
    assert.equal(shown, `$ weir validate -f word-count.yaml\n${stdout}`)
  })
})

describe('docs/reference/reasons.md', () => {
  it('explains every reason that a condition may give, in the words of the code', () => {
    const page = read('docs/reference/reasons.md')
    const explained = [...page.matchAll(/^### (\w+)\n\n([^]*?)\n(?=\n|$)/gm)].map(([, reason, about = '']) => [
      reason,
      about.replaceAll('\n', ' '),
    ])
    assert.deepEqual(explained, Object.entries(reasons))
  })
})

describe('every manifest in the documents is right, to the last warning', () => {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]
  for (const document of documents) {
    const manifests = blocks(read(document), 'yaml').filter((block) =>
      block.includes('apiVersion: streams.weirkeeper.dev'),
    )
    if (manifests.length === 0) continue
    it(document, () => {
      assert.deepEqual(
        manifests.flatMap((manifest) => problemsOf(document, manifest)),
        [],
      )
    })
  }
})

describe('every manifest of the repository is right, to the last warning', () => {
  const files = ['manifests', 'examples'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name) && !name.includes('node_modules'))
      .map((name) => `${folder}/${name}`),
  )
  for (const file of files) {
    it(file, () => {
      assert.deepEqual(problemsOf(file, read(file)), [])
    })
  }
})

it('docs/reference/cli.md lists the exit codes', () => {
  const rows = [...read('docs/reference/cli.md').matchAll(/^\| `(\d+)` \|/gm)].map(([, code]) => Number(code))
  assert.deepEqual(rows, Object.values(exitCodes))
})
