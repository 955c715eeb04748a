import { objectOf, optionalObject, optionalText, reference, requiredText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { KafkaPlan } from '../plans.ts'
import type { Addon } from '../records.ts'
import type { World } from '../world.ts'
import { namedId } from '../named-id.ts'
import { addonService } from '../views.ts'
import { announceAddon, createAddon, destroyAddon } from './addon-life.ts'
import { addonView, planView, serviceView } from './addon-view.ts'
import { addonsMatching, appOf, attachmentsOf, findAddon, findApp } from './find.ts'

const path = '/apps/:app/addons'

export const addonRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/addons',
    range: ['name', 'id'],
    answer: (call) => [...call.world.addons.values()].map((addon) => view(call, addon)),
  },
  {
    method: 'GET',
    path: '/addons/:addon',
    answer: (call) => view(call, findAddon(call.world, call.params['addon'] ?? '', null)),
  },
  { method: 'GET', path, range: ['name', 'id'], answer: (call) => addonsOf(call).map((addon) => view(call, addon)) },
  { method: 'GET', path: `${path}/:addon`, answer: (call) => view(call, addonOf(call)) },
  { method: 'POST', path, status: 201, answer: (call) => view(call, create(call)) },
  { method: 'PATCH', path: `${path}/:addon`, answer: (call) => view(call, changePlan(call)) },
  { method: 'DELETE', path: `${path}/:addon`, answer: destroy },
  { method: 'POST', path: '/actions/addons/resolve', answer: resolve },
  { method: 'GET', path: '/addon-services', answer: () => [serviceView] },
  {
    method: 'GET',
    path: '/addon-services/:service',
    answer: (call) => [call].filter(isKafkaService).map(() => serviceView)[0] ?? missingService(),
  },
  {
    method: 'GET',
    path: '/addon-services/:service/plans',
    answer: (call) =>
      isKafkaService(call) ? call.world.plans.map((plan) => planView(plan, call.accept.version)) : missingService(),
  },
  {
    method: 'GET',
    path: '/plans/:plan',
    answer: (call) => planView(planNamed(call.world, call.params['plan'] ?? ''), call.accept.version),
  },
]

const view = (call: Call, addon: Addon): object => addonView(call.world, addon, call.accept)
const addonOf = (call: Call): Addon => findAddon(call.world, call.params['addon'] ?? '', appOf(call))

const isKafkaService = ({ params }: Call): boolean =>
  params['service'] === addonService.name || params['service'] === addonService.id

function missingService(): never {
  throw notFound('addon_service', 'add-on service')
}

/** Those it pays for, and those attached to it. */
function addonsOf(call: Call): readonly Addon[] {
  const app = appOf(call)
  const attached = attachmentsOf(call.world, app).map(({ addon }) => addon)
  return [...new Set([...call.world.addons.values()].filter((addon) => addon.app === app || attached.includes(addon)))]
}

function planNamed(world: World, name: string): KafkaPlan {
  const full = name === addonService.name ? 'heroku-kafka:basic-0' : name
  const plan = world.plans.find((one) => one.name === full || namedId(one.name) === full)
  if (plan !== undefined) return plan
  if (name.split(':')[0] !== addonService.name) {
    throw invalidParams(`Couldn't find the add-on service of ${name}; the local emulator has heroku-kafka alone.`)
  }
  throw invalidParams(
    `Couldn't find that add-on plan: ${name}. There are: ${world.plans.map((one) => one.name).join(', ')}`,
  )
}

function create(call: Call): Addon {
  const body = objectOf(call.body)
  const name = reference(body, 'plan')
  if (name === null) throw invalidParams('plan is required.')
  const plan = planNamed(call.world, name)
  const attachmentName = optionalText(optionalObject(body, 'attachment'), 'name')
  return createAddon(call.world, appOf(call), { plan, name: optionalText(body, 'name'), attachmentName })
}

/** Basic and dedicated are different machines: there is no way between them in place. */
function changePlan(call: Call): Addon {
  const addon = addonOf(call)
  const body = objectOf(call.body)
  const plan = planNamed(call.world, reference(body, 'plan') ?? addon.plan.name)
  if (addon.state !== 'provisioned') throw invalidParams(`${addon.name} is still being provisioned.`)
  if (plan.shared !== addon.plan.shared || plan.privateSpace !== addon.plan.privateSpace) {
    throw invalidParams(`Cannot change ${addon.plan.name} to ${plan.name} in place: create a new add-on and migrate.`)
  }
  if (plan === addon.plan) return addon
  addon.plan = plan
  addon.updatedAt = call.world.now()
  announceAddon(call.world, addon, 'update')
  return addon
}

function destroy(call: Call): object {
  const addon = addonOf(call)
  const last = view(call, addon)
  destroyAddon(call.world, addon)
  return { ...last, state: 'deprovisioned' }
}

/** Several answers mean that the text is ambiguous; the client says so. */
function resolve(call: Call): readonly object[] {
  const body = objectOf(call.body)
  const app = optionalText(body, 'app')
  const service = optionalText(body, 'addon_service') ?? addonService.name
  const within = app === null ? null : findApp(call.world, app)
  const text = requiredText(body, 'addon')
  const matching =
    text === addonService.name && within !== null
      ? attachmentsOf(call.world, within).map(({ addon }) => addon)
      : addonsMatching(call.world, text, within)
  if (matching.length === 0 || service !== addonService.name) throw notFound('add_on', 'add-on')
  return [...new Set(matching)].map((addon) => view(call, addon))
}
