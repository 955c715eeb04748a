import { hash } from 'node:crypto'
import { streamAppOf } from '../controller/manifests.ts'
import type { Sending } from './client.ts'

/** The word count of `manifests/`, some 2.4 kB: made once, so that the client has little to do. */
const app = streamAppOf('the-name')
// The address says which namespace.
const template = JSON.stringify({ ...app, metadata: { name: 'the-name' } })
const setting = '"session.timeout.ms":10000'
if (!template.includes('"app":"the-name"')) throw new Error('the manifest has another app')
if (!template.includes(setting)) throw new Error(`the manifest has no ${setting} to change`)

/** What stands between the names, and before and after the setting: cut once, so that a body costs no more than joining it. */
const [beforeApp = '', afterApp = ''] = template.split('"app":"the-name"')
const parts = { head: beforeApp.split('the-name'), tail: afterApp.split(setting).map((part) => part.split('the-name')) }

export function createOf(collection: string, name: string): Sending {
  return { method: 'POST', path: `${collection}?fieldManager=bench`, body: bodyOf(collection, name, setting) }
}

/** A server-side apply of the same StreamApp, with another setting at each turn. */
export function applyOf(collection: string, name: string, turn: number): Sending {
  return {
    method: 'PATCH',
    path: `${collection}/${name}?fieldManager=bench`,
    body: bodyOf(collection, name, `"session.timeout.ms":${10_001 + turn}`),
    contentType: 'application/apply-patch+yaml',
  }
}

/** On a Heroku app of its own, whatever namespaces have StreamApps of that name: our server lets one StreamApp run an app. */
function bodyOf(collection: string, name: string, said: string): string {
  const place = hash('sha256', `${collection}/${name}`, 'hex').slice(0, 16)
  const tail = parts.tail.map((part) => part.join(name)).join(said)
  return `${parts.head.join(name)}"app":"app-${place}"${tail}`
}
