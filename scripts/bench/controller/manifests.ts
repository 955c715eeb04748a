import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseManifests } from '../../../src/resource/parse-manifests.ts'
import type { StreamApp } from '../../../src/resource/stream-app.ts'

const wordCount = readFileSync(join(import.meta.dirname, '..', '..', '..', 'manifests', 'word-count.yaml'), 'utf8')

/** The word count of `manifests/` under names of its own, so that fifty of them fit on one cluster: four topics and a group. */
export function streamAppOf(app: string): StreamApp {
  const text = wordCount
    .replaceAll(/\bword-counts\b/g, `${app}-counts`)
    .replaceAll(/\bword-count\b/g, app)
    .replaceAll(/\[lines\]/g, `[${app}-lines]`)
    .replaceAll(/name: lines\b/g, `name: ${app}-lines`)
    .replaceAll(/partitions: 6/g, 'partitions: 2')
  const { apps, mistakes } = parseManifests([{ name: app, bytes: new TextEncoder().encode(text) }])
  const [parsed] = apps
  if (parsed === undefined || mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('; '))
  return parsed.app
}
