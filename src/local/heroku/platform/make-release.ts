import type { DynoRelease } from '../../dyno/dyno-manager.ts'
import type { ApiVersion } from '../http/accept.ts'
import { newOutputStream } from '../output-stream.ts'
import type { App, Release, Slug } from '../records.ts'
import { appIdentity, isoTime, userIdentity } from '../views.ts'
import type { World } from '../world.ts'
import { configVarsOf, domainOf } from './effective-config.ts'
import { attachmentsOf } from './find.ts'
import { followSlug, formationsOf } from './formation-state.ts'
import { runReleasePhase } from './release-phase.ts'

export interface NewRelease {
  readonly description: string
  /** `current` keeps the code of the release that runs now. */
  readonly slug: Slug | 'current' | null
}

/** The newest that succeeded: what the dynos run. */
export const currentRelease = (app: App): Release | undefined =>
  app.releases.findLast(({ status }) => status === 'succeeded')

/**
 * The one way an app changes: every release restarts its dynos. With a `release` process in the Procfile it is
 * pending, and nothing is replaced, until that process ends well.
 */
export function makeRelease(world: World, app: App, wanted: NewRelease): Release {
  const release = newRelease(world, app, wanted)
  app.releases.push(release)
  const command = release.slug?.processTypes['release']
  if (command === undefined) activate(world, app, release)
  else release.output = newOutputStream(world)
  announceRelease(world, app, { release, action: 'create' })
  if (command === undefined) return release
  runReleasePhase({ app, release, run: { command, release: runnable(app, release) } }, (status) => {
    release.status = status
    release.updatedAt = world.now()
    if (status === 'succeeded') activate(world, app, release)
    announceRelease(world, app, { release, action: 'update' })
  })
  return release
}

function newRelease(world: World, app: App, { description, slug }: NewRelease): Release {
  return {
    id: world.id(),
    version: (app.releases.at(-1)?.version ?? 0) + 1,
    description,
    slug: slug === 'current' ? (currentRelease(app)?.slug ?? null) : slug,
    ownConfigVars: app.configVars,
    configVars: configVarsOf(world, app),
    addonPlans: attachmentsOf(world, app).map(({ addon }) => addon.plan.name),
    createdAt: world.now(),
    updatedAt: world.now(),
    status: 'pending',
    output: null,
  }
}

function activate(world: World, app: App, release: Release): void {
  release.status = 'succeeded'
  app.updatedAt = world.now()
  followSlug(world, app, release.slug)
  app.dynos.release(runnable(app, release))
  for (const { type, quantity, size } of formationsOf(app)) app.dynos.scale(type, quantity, size)
}

const runnable = (app: App, release: Release): DynoRelease => ({
  id: release.id,
  version: release.version,
  slugDirectory: release.slug?.directory ?? null,
  processTypes: release.slug?.processTypes ?? {},
  env: { ...release.configVars, ...dynoMetadata(app, release) },
})

/** `heroku labs:enable runtime-dyno-metadata`: set at the next release. */
function dynoMetadata(app: App, release: Release): Readonly<Record<string, string>> {
  if (app.features.get('runtime-dyno-metadata')?.enabled !== true) return {}
  return {
    HEROKU_APP_ID: app.id,
    HEROKU_APP_NAME: app.name,
    HEROKU_APP_DEFAULT_DOMAIN_NAME: domainOf(app),
    HEROKU_RELEASE_CREATED_AT: isoTime(release.createdAt),
    HEROKU_RELEASE_VERSION: `v${release.version}`,
    HEROKU_SLUG_COMMIT: release.slug?.commit ?? '',
    HEROKU_BUILD_COMMIT: release.slug?.commit ?? '',
    HEROKU_SLUG_DESCRIPTION: release.description,
  }
}

export function releaseView(world: World, app: App, release: Release, version: ApiVersion = '3'): object {
  return {
    addon_plan_names: release.addonPlans,
    artifacts: release.slug === null ? [] : [{ type: 'slug', id: release.slug.id }],
    app: appIdentity(app),
    created_at: isoTime(release.createdAt),
    description: release.description,
    id: release.id,
    updated_at: isoTime(release.updatedAt),
    slug: release.slug === null ? null : { id: release.slug.id },
    status: release.status,
    user: userIdentity(world.account),
    version: release.version,
    current: release === currentRelease(app),
    output_stream_url: release.output === null ? null : world.places.baseUrl + release.output.path,
    eligible_for_rollback: release.slug !== null && release.status === 'succeeded',
    ...(version === '3.sdk' ? { oci_image: null } : {}),
  }
}

interface ReleaseNews {
  readonly release: Release
  readonly action: 'create' | 'update'
}

function announceRelease(world: World, app: App, { release, action }: ReleaseNews): void {
  const data = releaseView(world, app, release)
  world.announce(app, { include: 'api:release', payload: { action, resource: 'release', data, previousData: {} } })
}
