import { badRequest, Refusal } from '../refusal.ts'
import type { Call } from '../http/route.ts'
import type { Addon } from '../records.ts'
import type { LocalTopic } from '../../cluster.ts'
import type { World } from '../world.ts'

/** The path names it by the add-on's id or its name. */
export function addonFor({ world, params }: Call): Addon {
  const text = params['id'] ?? ''
  const addon = world.addons.get(text) ?? [...world.addons.values()].find(({ name }) => name === text)
  if (addon === undefined) throw missing(`Cluster ${text} could not be found.`)
  return addon
}

/** Everything but `wait_status` needs a cluster that is there. */
export function readyAddonFor(call: Call): Addon {
  const addon = addonFor(call)
  if (addon.state !== 'provisioned') throw missing(`Cluster ${addon.name} is not provisioned yet.`)
  return addon
}

/** What only a ready cluster's owner may be refused. */
export const missing = (message: string): Refusal => new Refusal(404, { id: 'not_found', message })

export const wireName = ({ prefix }: Addon, name: string): string => `${prefix ?? ''}${name}`
export const ownName = ({ prefix }: Addon, wire: string): string => wire.slice(prefix?.length ?? 0)

/**
 * A basic plan sees what carries its prefix. A dedicated one sees all the rest:
 * every dedicated add-on of this emulator has the same local broker behind it.
 */
export async function topicsOf(world: World, addon: Addon): Promise<readonly LocalTopic[]> {
  const others = [...world.addons.values()].flatMap(({ prefix }) => (prefix === null ? [] : [prefix]))
  const topics = await world.options.cluster.topics()
  return topics.filter(({ name }) =>
    addon.prefix === null ? !others.some((prefix) => name.startsWith(prefix)) : name.startsWith(addon.prefix),
  )
}

/** Kafka's own rule; the length is that of the wire name. */
export function checkName(addon: Addon, name: string, what: string): void {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw badRequest(
      `${what} name ${JSON.stringify(name)} is not valid: letters, digits, dots, dashes and underscores.`,
    )
  }
  const length = wireName(addon, name).length
  if (length > 249)
    throw badRequest(`${what} name ${name} is too long: ${length} characters with its prefix, 249 at most.`)
}
