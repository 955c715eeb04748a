import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { rooms } from '../rooms.mjs'

const src = new URL('../src/', import.meta.url)

describe('each room says at its door what it may import', () => {
  for (const [room, doors] of Object.entries(rooms)) {
    it(room, () => {
      const readme = readFileSync(new URL(`${room}/README.md`, src), 'utf8')
      assert.match(readme, new RegExp(`^May import: ${doors.join(', ') || 'nothing'}$`, 'm'))
    })
  }
})

it('has no room that the table does not list', () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  assert.deepEqual(folders.map(({ name }) => name).toSorted(), Object.keys(rooms).toSorted())
})

describe('each room is entered by the files and folders that its README names', () => {
  const open = new Set(['base', 'runtime']) // every file of base is one word; apps enter the runtime by src/index.ts
  for (const room of Object.keys(rooms).filter((name) => !open.has(name))) {
    it(room, () => {
      const readme = readFileSync(new URL(`${room}/README.md`, src), 'utf8')
      const [enterBy = ''] = /^Enter by:[^]*?(?=\n\n|$(?![^]))/m.exec(readme) ?? []
      const named = [...enterBy.matchAll(/`([\w./-]+)/g)].map(([, name = '']) => name)
      const isNamed = (file: string): boolean =>
        named.some((name) => file === name || (name.endsWith('/') && file.startsWith(name)))
      assert.deepEqual(
        [...enteredFrom(room)].filter((file) => !isNamed(file)),
        [],
      )
    })
  }
})

/** The files of a room that other rooms import. */
function enteredFrom(room: string): ReadonlySet<string> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file.includes('/') && !file.startsWith(`${room}/`),
  )
  const imported = files.flatMap((file) =>
    [...readFileSync(new URL(file, src), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) =>
      new URL(path, new URL(file, src)).href.slice(src.href.length),
    ),
  )
  return new Set(imported.filter((path) => path.startsWith(`${room}/`)).map((path) => path.slice(room.length + 1)))
}
