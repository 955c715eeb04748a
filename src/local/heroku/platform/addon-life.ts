import { addonNameFrom, prefixFrom } from '../chance.ts'
import { inclusionOf } from './addon-view.ts'
import { invalidParams } from '../refusal.ts'
import type { KafkaPlan } from '../plans.ts'
import type { Addon, App, Attachment } from '../records.ts'
import type { World } from '../world.ts'
import { addonView, attachmentView } from './addon-view.ts'
import { attachmentsOf } from './find.ts'
import { makeRelease } from './make-release.ts'

export interface NewAddon {
  readonly plan: KafkaPlan
  readonly name: string | null
  readonly attachmentName: string | null
}

/** Answers while it is being made: the state is `provisioning` until the cluster gave its credentials. */
export function createAddon(world: World, app: App, { plan, name, attachmentName }: NewAddon): Addon {
  const addon: Addon = {
    id: world.id(),
    name: freeAddonName(world, name),
    app,
    plan,
    state: 'provisioning',
    createdAt: world.now(),
    updatedAt: world.now(),
    prefix: plan.shared ? freePrefix(world) : null,
    credentials: null,
    kafka: {
      pendingTopics: new Map(),
      deletingTopics: new Set(),
      replication: new Map(),
      groups: new Map(),
      version: '4.3.1',
    },
  }
  const attachment = newAttachment(world, { app, addon, name: attachmentName })
  world.addons.set(addon.id, addon)
  announceAddon(world, addon, 'create')
  announceAttachment(world, attachment, 'create')
  world.later(`provisioning ${addon.name}`, world.delays.addonProvisionMs, () => provision(world, addon))
  return addon
}

/** The config vars come in one release per app it is attached to. */
async function provision(world: World, addon: Addon): Promise<void> {
  const credentials = await world.options.cluster.issueCredentials(addon.prefix)
  if (addon.state === 'deprovisioned') return world.options.cluster.revokeCredentials(credentials)
  addon.credentials = credentials
  addon.state = 'provisioned'
  addon.updatedAt = world.now()
  announceAddon(world, addon, 'update')
  releaseEachApp(world, attachmentsTo(world, addon), (names) => `Attach ${names} (@${addon.name})`)
}

/** One release an app, however often the add-on is attached to it. */
export function releaseEachApp(
  world: World,
  attachments: readonly Attachment[],
  descriptionOf: (names: string) => string,
): void {
  for (const [app, own] of Map.groupBy(attachments, ({ app: one }) => one)) {
    if (!world.apps.has(app.id)) continue
    makeRelease(world, app, { description: descriptionOf(own.map(({ name }) => name).join(', ')), slug: 'current' })
  }
}

export const attachmentsTo = (world: World, addon: Addon): readonly Attachment[] =>
  [...world.attachments.values()].filter((attachment) => attachment.addon === addon)

/** Its topics, groups and credentials go after the answer, its config vars at once. */
export function destroyAddon(world: World, addon: Addon): void {
  addon.state = 'deprovisioned'
  addon.updatedAt = world.now()
  const attachments = attachmentsTo(world, addon)
  for (const { id } of attachments) world.attachments.delete(id)
  world.addons.delete(addon.id)
  announceAddon(world, addon, 'destroy')
  const { credentials } = addon
  addon.credentials = null
  for (const attachment of attachments) announceAttachment(world, attachment, 'destroy')
  releaseEachApp(world, attachments, (names) => `Detach ${names} (@${addon.name})`)
  world.later(`emptying ${addon.name}`, world.delays.topicDeleteMs, async () => {
    const { cluster } = world.options
    if (credentials !== null) await cluster.revokeCredentials(credentials)
    for (const group of addon.kafka.groups.keys()) await cluster.revokeGroup(group)
    await deleteTopics(world, addon)
  })
}

/** All dedicated add-ons share one local broker: their topics go with the last of them. */
async function deleteTopics(world: World, addon: Addon): Promise<void> {
  const { cluster } = world.options
  const others = [...world.addons.values()]
  const prefixes = others.flatMap(({ prefix }) => (prefix === null ? [] : [prefix]))
  if (addon.prefix === null && others.some(({ prefix }) => prefix === null)) return
  for (const { name } of await cluster.topics()) {
    const isOwn = addon.prefix === null ? !prefixes.some((one) => name.startsWith(one)) : name.startsWith(addon.prefix)
    if (isOwn && !name.startsWith('__')) await cluster.deleteTopic(name)
  }
}

interface NewAttachment {
  readonly app: App
  readonly addon: Addon
  readonly name: string | null
}

export function newAttachment(world: World, { app, addon, name }: NewAttachment): Attachment {
  const taken = attachmentsOf(world, app).map((attachment) => attachment.name)
  const attachment: Attachment = {
    id: world.id(),
    app,
    addon,
    name: name === null ? freeAttachmentName(taken) : checkedName(name, taken),
    createdAt: world.now(),
    updatedAt: world.now(),
  }
  world.attachments.set(attachment.id, attachment)
  return attachment
}

function checkedName(name: string, taken: readonly string[]): string {
  const upper = name.toUpperCase().replaceAll('-', '_')
  if (!/^[A-Z]\w*$/.test(upper))
    throw invalidParams(`Attachment name ${JSON.stringify(name)} must be a config var's name.`)
  if (taken.includes(upper)) throw invalidParams(`The attachment name ${upper} is already used on this app.`)
  return upper
}

const colours = ['AMBER', 'AQUA', 'BLUE', 'BROWN', 'COPPER', 'CYAN', 'GOLD', 'GREEN', 'IVORY', 'PURPLE'] as const

/** The first is `KAFKA`, later ones carry a colour. */
function freeAttachmentName(taken: readonly string[]): string {
  const names = ['KAFKA', ...colours.map((colour) => `HEROKU_KAFKA_${colour}`)]
  return names.find((name) => !taken.includes(name)) ?? `HEROKU_KAFKA_${taken.length}`
}

function freeAddonName(world: World, name: string | null): string {
  const isTaken = (text: string): boolean => [...world.addons.values()].some((addon) => addon.name === text)
  if (name !== null) {
    if (!/^[a-zA-Z][A-Za-z0-9_-]+$/.test(name)) throw invalidParams(`Add-on name ${JSON.stringify(name)} is not valid.`)
    if (isTaken(name)) throw invalidParams(`Add-on name ${name} is already taken.`)
    return name
  }
  let candidate = addonNameFrom(world.options.chance)
  while (isTaken(candidate)) candidate = addonNameFrom(world.options.chance)
  return candidate
}

function freePrefix(world: World): string {
  const taken = new Set([...world.addons.values()].map(({ prefix }) => prefix))
  let candidate = prefixFrom(world.options.chance)
  while (taken.has(candidate)) candidate = prefixFrom(world.options.chance)
  return candidate
}

type Action = 'create' | 'update' | 'destroy'

export function announceAddon(world: World, addon: Addon, action: Action): void {
  const payload = { action, resource: 'addon', data: addonView(world, addon, inclusionOf('3')), previousData: {} }
  world.announce(addon.app, { include: 'api:addon', payload })
}

export function announceAttachment(world: World, attachment: Attachment, action: Action): void {
  const data = attachmentView(world, attachment, inclusionOf('3'))
  const payload = { action, resource: 'addon-attachment', data, previousData: {} }
  world.announce(attachment.app, { include: 'api:addon-attachment', payload })
}
