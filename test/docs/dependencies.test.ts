import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const { dependencies, devDependencies }: Record<string, Record<string, string>> = JSON.parse(read('package.json'))
const all = { ...dependencies, ...devDependencies }

it('docs/dependencies.md says why each dependency is here, and of no other', () => {
  const rows = read('docs/dependencies.md').match(/^\| `.*$/gm) ?? []
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  assert.deepEqual(named.toSorted(), Object.keys(all).toSorted())
})

it('every dependency is pinned to one version', () => {
  const loose = Object.entries(all).filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version))
  assert.deepEqual(loose, [])
})
