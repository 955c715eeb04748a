import { appNameFrom } from '../chance.ts'
import { objectOf, optionalBoolean, optionalText } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams } from '../refusal.ts'
import type { App } from '../records.ts'
import { cedar, isoTime, isoTimeOrNull, region, stack, userIdentity } from '../views.ts'
import type { World } from '../world.ts'
import { destroyAddon } from './addon-life.ts'
import { domainOf } from './effective-config.ts'
import { announceDyno } from './dyno-view.ts'
import { appOf, attachmentsOf } from './find.ts'
import { currentRelease, makeRelease } from './make-release.ts'

/** Dev Center 2025-01: 100 apps an account. */
const maxApps = 100

export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/apps',
    range: ['name', 'id'],
    answer: (call) => [...call.world.apps.values()].map((app) => view(call, app)),
  },
  {
    method: 'POST',
    path: '/apps',
    status: 201,
    answer: (call) => view(call, createApp(call.world, objectOf(call.body))),
  },
  { method: 'GET', path: '/apps/:app', answer: (call) => view(call, appOf(call)) },
  { method: 'PATCH', path: '/apps/:app', answer: (call) => view(call, update(call)) },
  {
    method: 'DELETE',
    path: '/apps/:app',
    answer: async (call) => {
      const app = appOf(call)
      const last = view(call, app)
      await destroy(call.world, app)
      return last
    },
  },
  { method: 'GET', path: '/apps/:app/buildpack-installations', answer: (call) => [appOf(call)].flatMap(() => []) },
]

const view = ({ world, accept }: Call, app: App): object => appView(world, app, accept.version === '3.sdk')

function createApp(world: World, body: JsonObject): App {
  const name = freeName(world, optionalText(body, 'name') ?? appNameFrom(world.options.chance))
  const most = world.options.maxApps ?? maxApps
  if (world.apps.size >= most) throw invalidParams(`An account can have ${most} apps.`)
  const id = world.id()
  const app: App = {
    id,
    name,
    createdAt: world.now(),
    updatedAt: world.now(),
    maintenance: false,
    configVars: {},
    releases: [],
    formation: new Map(),
    slugs: new Map(),
    builds: new Map(),
    features: new Map(),
    webhooks: new Map(),
    deliveries: [],
    dynos: world.options.dynos({ id, name }),
  }
  world.apps.set(id, app)
  app.dynos.onChange((dyno) => announceDyno(world, app, dyno))
  announce(world, app, 'create')
  // A new app has two releases before any code (seen on every new app at Heroku; not in a reference).
  makeRelease(world, app, { description: 'Initial release', slug: null })
  makeRelease(world, app, { description: 'Enable Logplex', slug: null })
  return app
}

function freeName(world: World, name: string): string {
  if (!/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/.test(name)) {
    throw invalidParams(
      'Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes (3 to 30 characters).',
    )
  }
  if ([...world.apps.values()].some((app) => app.name === name)) throw invalidParams(`Name ${name} is already taken`)
  return name
}

function update(call: Call): App {
  const { world } = call
  const app = appOf(call)
  const body = objectOf(call.body)
  const name = optionalText(body, 'name')
  if (name !== null && name !== app.name) app.name = freeName(world, name)
  app.maintenance = optionalBoolean(body, 'maintenance') ?? app.maintenance
  app.updatedAt = world.now()
  announce(world, app, 'update')
  return app
}

/** Its add-ons go with it, and its attachments to others' add-ons. */
async function destroy(world: World, app: App): Promise<void> {
  announce(world, app, 'destroy')
  const owned = [...world.addons.values()].filter((addon) => addon.app === app)
  for (const attachment of attachmentsOf(world, app)) world.attachments.delete(attachment.id)
  world.apps.delete(app.id)
  for (const addon of owned) destroyAddon(world, addon)
  await app.dynos.close()
}

function announce(world: World, app: App, action: 'create' | 'update' | 'destroy'): void {
  const payload = { action, resource: 'app', data: appView(world, app, false), previousData: {} }
  world.announce(app, { include: 'api:app', payload })
}

function appView(world: World, app: App, isSdk: boolean): object {
  return {
    acm: false,
    archived_at: null,
    buildpack_provided_description: null,
    build_stack: stack,
    created_at: isoTime(app.createdAt),
    generation: isSdk ? cedar.name : cedar,
    git_url: `https://git.heroku.com/${app.name}.git`,
    id: app.id,
    internal_routing: null,
    maintenance: app.maintenance,
    name: app.name,
    organization: null,
    owner: userIdentity(world.account),
    region,
    released_at: isoTimeOrNull(app.releases.at(-1)?.createdAt ?? null),
    repo_size: null,
    slug_size: currentRelease(app)?.slug?.sizeBytes ?? null,
    space: null,
    stack,
    team: null,
    updated_at: isoTime(app.updatedAt),
    web_url: `https://${domainOf(app)}/`,
    ...(isSdk ? { base_image_name: null, buildpacks: null, current_build_architecture: [] } : {}),
  }
}
