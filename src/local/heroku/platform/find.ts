import { notFound } from '../refusal.ts'
import type { Addon, App, Attachment } from '../records.ts'
import type { Call } from '../http/route.ts'
import type { World } from '../world.ts'

export function findApp(world: World, idOrName: string): App {
  const app = world.apps.get(idOrName) ?? [...world.apps.values()].find(({ name }) => name === idOrName)
  if (app === undefined) throw notFound('app')
  return app
}

export const appOf = (call: Call): App => findApp(call.world, call.params['app'] ?? '')

export const attachmentsOf = (world: World, app: App): readonly Attachment[] =>
  [...world.attachments.values()].filter((attachment) => attachment.app === app)

/** `APP::NAME` names an attachment of another app. */
export function scoped(text: string): { readonly appName: string | null; readonly name: string } {
  const at = text.indexOf('::')
  return at < 0 ? { appName: null, name: text } : { appName: text.slice(0, at), name: text.slice(at + 2) }
}

/** By id or name over all apps; with an app, by attachment name, too. */
export function addonsMatching(world: World, text: string, app: App | null): readonly Addon[] {
  const { appName, name } = scoped(text)
  const within = appName === null ? app : findApp(world, appName)
  const byName = [...world.addons.values()].filter((addon) => addon.id === name || addon.name === name)
  if (byName.length > 0) return byName
  const attached = [...world.attachments.values()].filter(
    (attachment) => (within === null || attachment.app === within) && attachment.name === name.toUpperCase(),
  )
  return [...new Set(attached.map(({ addon }) => addon))]
}

export function findAddon(world: World, text: string, app: App | null): Addon {
  const [addon] = addonsMatching(world, text, app)
  if (addon === undefined) throw notFound('add_on', 'add-on')
  return addon
}
