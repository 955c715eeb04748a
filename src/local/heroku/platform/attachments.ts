import { objectOf, optionalText, reference, requiredText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App, Attachment } from '../records.ts'
import { addonService } from '../views.ts'
import { announceAttachment, newAttachment } from './addon-life.ts'
import { attachmentView } from './addon-view.ts'
import { appOf, attachmentsOf, findAddon, findApp, scoped } from './find.ts'
import { makeRelease } from './make-release.ts'

const inApp = '/apps/:app/addon-attachments'

export const attachmentRoutes: readonly Route[] = [
  { method: 'GET', path: '/addon-attachments', range: ['name', 'id'], answer: (call) => views(call, all(call)) },
  { method: 'POST', path: '/addon-attachments', status: 201, answer: (call) => view(call, create(call)) },
  {
    method: 'GET',
    path: '/addon-attachments/:attachment',
    answer: (call) => view(call, find(all(call), call.params['attachment'] ?? '')),
  },
  { method: 'DELETE', path: '/addon-attachments/:attachment', answer: destroy },
  {
    method: 'GET',
    path: inApp,
    range: ['name', 'id'],
    answer: (call) => views(call, attachmentsOf(call.world, appOf(call))),
  },
  {
    method: 'GET',
    path: `${inApp}/:attachment`,
    answer: (call) => view(call, findInApp(call, appOf(call), call.params['attachment'] ?? '')),
  },
  {
    method: 'GET',
    path: '/addons/:addon/addon-attachments',
    range: ['name', 'id'],
    answer: (call) => {
      const addon = findAddon(call.world, call.params['addon'] ?? '', null)
      return views(
        call,
        all(call).filter((attachment) => attachment.addon === addon),
      )
    },
  },
  { method: 'POST', path: '/actions/addon-attachments/resolve', answer: resolve },
]

const all = (call: Call): readonly Attachment[] => [...call.world.attachments.values()]
const view = (call: Call, attachment: Attachment): object => attachmentView(call.world, attachment, call.accept)
const views = (call: Call, attachments: readonly Attachment[]): readonly object[] =>
  attachments.map((attachment) => view(call, attachment))

function find(attachments: readonly Attachment[], idOrName: string): Attachment {
  const found = attachments.find(({ id, name }) => id === idOrName || name === idOrName.toUpperCase())
  if (found === undefined) throw notFound('add_on attachment', 'add on attachment')
  return found
}

/** Within an app the add-on's own name will do, too: the CLI's `topics:tail` asks with it. */
function findInApp(call: Call, app: App, text: string): Attachment {
  const attachments = attachmentsOf(call.world, app)
  return attachments.find(({ addon }) => addon.name === text) ?? find(attachments, text)
}

function create(call: Call): Attachment {
  const { world } = call
  const body = objectOf(call.body)
  const app = findApp(world, reference(body, 'app') ?? '')
  const addon = findAddon(world, reference(body, 'addon') ?? '', null)
  const name = optionalText(body, 'name')
  const present = attachmentsOf(world, app).find((one) => one.name === name?.toUpperCase())
  if (present !== undefined && optionalText(body, 'confirm') === app.name) world.attachments.delete(present.id)
  const attachment = newAttachment(world, { app, addon, name })
  announceAttachment(world, attachment, 'create')
  if (addon.state === 'provisioned') {
    makeRelease(world, app, { description: `Attach ${attachment.name} (@${addon.name})`, slug: 'current' })
  }
  return attachment
}

function destroy(call: Call): object {
  const { world } = call
  const attachment = find(all(call), call.params['attachment'] ?? '')
  const { app, addon, name } = attachment
  const others = all(call).filter((one) => one.addon === addon && one.app === addon.app && one !== attachment)
  if (app === addon.app && others.length === 0) {
    throw invalidParams(`Cannot detach ${name}: it is the only attachment of ${addon.name} to the app that owns it.`)
  }
  world.attachments.delete(attachment.id)
  announceAttachment(world, attachment, 'destroy')
  if (addon.state === 'provisioned') {
    makeRelease(world, app, { description: `Detach ${name} (@${addon.name})`, slug: 'current' })
  }
  return view(call, attachment)
}

/** By id, by `APP::NAME`, or by name within an app; without an app a name may be several apps'. */
function resolve(call: Call): readonly object[] {
  const body = objectOf(call.body)
  const text = requiredText(body, 'addon_attachment')
  const service = optionalText(body, 'addon_service') ?? addonService.name
  const { appName: named, name } = scoped(text)
  const appName = named ?? optionalText(body, 'app')
  const candidates = appName === null ? all(call) : attachmentsOf(call.world, findApp(call.world, appName))
  const matching = candidates.filter((one) => one.id === name || one.name === name.toUpperCase())
  if (matching.length === 0 || service !== addonService.name) throw notFound('add_on attachment', 'add on attachment')
  return views(call, matching)
}
