import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'

const root = join(import.meta.dirname, '..', '..')
const parts = readdirSync(root, { withFileTypes: true }).filter(({ name }) => !/^\.|^node_modules$/.test(name))
const places = new Set(parts.flatMap((part) => (part.isDirectory() ? [part.name, ...within(part.name)] : [part.name])))
const pages = [...places].filter((place) => place.endsWith('.md'))

/** What stands between fences is shown, not linked. */
const proseOf = (page: string): string => readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')

function within(folder: string): readonly string[] {
  const below = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return below.filter((name) => !name.includes('node_modules')).map((name) => join(folder, name))
}

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

function deadLinks(page: string): readonly string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const to = path === '' ? page : normalize(join(dirname(page), path))
    if (!places.has(to)) return true
    const headings = anchor === undefined ? [] : [...proseOf(to).matchAll(/^#+ (.*)$/gm)]
    return anchor !== undefined && !headings.some(([, heading = '']) => anchorOf(heading) === anchor)
  })
}

/** `src/server/main.ts`: what looks like a place of this repository. NAME stands for any. */
function deadPlaces(page: string): readonly string[] {
  const named = [...proseOf(page).matchAll(/`((?:src|test|scripts|docs|examples|bench|manifests)\/[\w./-]+)`/g)]
  return named
    .map(([, place = '']) => place.replace(/\/$/, ''))
    .filter((place) => !places.has(place) && !place.includes('NAME'))
}

describe('every page', () => {
  for (const page of pages) {
    it(`${page} leads only to what is there`, () => {
      assert.deepEqual([...deadLinks(page), ...deadPlaces(page)], [])
    })
  }
})
