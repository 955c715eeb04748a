import { objectOf, optionalObject, requiredText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { badRequest } from '../refusal.ts'
import type { Addon } from '../records.ts'
import { attachmentNameOf } from './cluster.ts'
import { checkName, missing, ownName, readyAddonFor, wireName } from './find-cluster.ts'

const path = '/data/kafka/v0/clusters/:id/consumer_groups'

export const groupRoutes: readonly Route[] = [
  { method: 'GET', path, answer: list },
  { method: 'POST', path, answer: create },
  { method: 'DELETE', path, answer: destroy },
]

/** Heroku's exact words: the real CLI compares them. */
const notOnDedicated = 'this command is not required or enabled on dedicated clusters'

function list(call: Call): object {
  const addon = readyAddonFor(call)
  const ready = [...addon.kafka.groups].filter(([, state]) => state === 'ready')
  return {
    attachment_name: attachmentNameOf(call.world, addon),
    consumer_groups: ready.map(([name]) => ({ name: ownName(addon, name) })),
  }
}

/** A group that is there already is no mistake. */
function create(call: Call): object {
  const { world } = call
  const addon = readyAddonFor(call)
  const name = groupIn(call, addon)
  const wire = wireName(addon, name)
  const { groups } = addon.kafka
  const max = addon.plan.consumerGroups?.max ?? 0
  if (!groups.has(wire)) {
    if (groups.size >= max) throw badRequest(`This plan allows ${max} consumer groups: ${name} was not created.`)
    groups.set(wire, 'pending')
    world.later(`creating group ${name}`, world.delays.groupReadyMs, async () => {
      await world.options.cluster.grantGroup(wire)
      if (groups.has(wire)) groups.set(wire, 'ready')
      else await world.options.cluster.revokeGroup(wire)
    })
  }
  return { message: `Consumer group ${name} is being created.` }
}

function destroy(call: Call): object {
  const { world } = call
  const addon = readyAddonFor(call)
  const name = groupIn(call, addon)
  const wire = wireName(addon, name)
  if (!addon.kafka.groups.delete(wire)) throw missing(`Consumer group ${name} could not be found.`)
  world.later(`deleting group ${name}`, 0, () => world.options.cluster.revokeGroup(wire))
  return { message: `Consumer group ${name} has been marked for deletion.` }
}

function groupIn(call: Call, addon: Addon): string {
  if (addon.plan.consumerGroups === null) throw badRequest(notOnDedicated)
  const name = requiredText(optionalObject(objectOf(call.body), 'consumer_group'), 'name')
  checkName(addon, name, 'Consumer group')
  return name
}
