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
