import { createHash } from 'node:crypto'
import { streamAppOf } from '../controller/manifests.ts'
import type { Sending } from './client.ts'

/** The word count of `manifests/`, some 2.4 kB: made once, so that the client has little to do. */
const app = streamAppOf('the-name')
// The address says which namespace.
const template = JSON.stringify({ ...app, metadata: { name: 'the-name' } })
const setting = '"session.timeout.ms":10000'
if (!template.includes('"app":"the-name"')) throw new Error('the manifest has another app')
if (!template.includes(setting)) throw new Error(`the manifest has no ${setting} to change`)

export function createOf(collection: string, name: string): Sending {
  return { method: 'POST', path: `${collection}?fieldManager=bench`, body: named(template, collection, name) }
}

/** A server-side apply of the same StreamApp, with another setting at each turn. */
export function applyOf(collection: string, name: string, turn: number): Sending {
  return {
    method: 'PATCH',
    path: `${collection}/${name}?fieldManager=bench`,
    body: named(template.replace(setting, `"session.timeout.ms":${10_001 + turn}`), collection, name),
    contentType: 'application/apply-patch+yaml',
  }
}

/** On a Heroku app of its own, whatever namespaces have StreamApps of that name: our server lets one StreamApp run an app. */
function named(text: string, collection: string, name: string): string {
  const place = createHash('sha256').update(`${collection}/${name}`).digest('hex').slice(0, 16)
  return text.replace('"app":"the-name"', `"app":"app-${place}"`).replaceAll('the-name', name)
}
