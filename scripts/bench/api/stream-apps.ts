import { streamAppOf } from '../controller/manifests.ts'
import type { Sending } from './client.ts'

/** The word count of `manifests/`, some 2.4 kB: made once, so that the client has little to do. */
const app = streamAppOf('the-name')
// The address says which namespace.
const template = JSON.stringify({ ...app, metadata: { name: 'the-name' } })
const setting = '"session.timeout.ms":10000'
if (!template.includes(setting)) throw new Error(`the manifest has no ${setting} to change`)

export function createOf(collection: string, name: string): Sending {
  return { method: 'POST', path: `${collection}?fieldManager=bench`, body: template.replaceAll('the-name', name) }
}

/** A server-side apply of the same StreamApp, with another setting at each turn. */
export function applyOf(collection: string, name: string, turn: number): Sending {
  return {
    method: 'PATCH',
    path: `${collection}/${name}?fieldManager=bench`,
    body: template.replace(setting, `"session.timeout.ms":${10_001 + turn}`).replaceAll('the-name', name),
    contentType: 'application/apply-patch+yaml',
  }
}
