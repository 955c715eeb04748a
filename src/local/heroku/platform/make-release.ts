import type { ApiVersion } from '../http/accept.ts'
import type { App, Release, Slug } from '../records.ts'
import { appIdentity, isoTime, userIdentity } from '../views.ts'
import type { World } from '../world.ts'
import { configVarsOf, domainOf } from './effective-config.ts'
import { attachmentsOf } from './find.ts'
import { followSlug, formationsOf } from './formation-state.ts'

export interface NewRelease {
  readonly description: string
  /** `current` keeps the code of the release that runs now. */
  readonly slug: Slug | 'current' | null
}

/** The newest, which is what the dynos run: there is no release phase here, so every release succeeds at once. */
export const currentRelease = (app: App): Release | undefined => app.releases.at(-1)

/** The one way an app changes: every release restarts its dynos. */
export function makeRelease(world: World, app: App, { description, slug }: NewRelease): Release {
  const release: Release = {
    id: world.id(),
    version: (app.releases.at(-1)?.version ?? 0) + 1,
    description,
    slug: slug === 'current' ? (currentRelease(app)?.slug ?? null) : slug,
    ownConfigVars: app.configVars,
    configVars: configVarsOf(world, app),
    addonPlans: attachmentsOf(world, app).map(({ addon }) => addon.plan.name),
    createdAt: world.now(),
  }
  app.releases.push(release)
  activate(world, app, release)
  announceRelease(world, app, release)
  return release
}

function activate(world: World, app: App, release: Release): void {
  app.updatedAt = world.now()
  followSlug(world, app, release.slug)
  if (release.slug?.processTypes['release'] !== undefined) {
    const text = 'The Procfile has a release process: the local emulator does not run it. Run it as a one-off dyno.'
    app.dynos.log.write({ at: world.now(), source: 'heroku', dyno: 'release', text })
  }
  app.dynos.release({
    id: release.id,
    version: release.version,
    slugDirectory: release.slug?.directory ?? null,
    processTypes: release.slug?.processTypes ?? {},
    env: { ...release.configVars, ...dynoMetadata(app, release) },
  })
  for (const { type, quantity, size } of formationsOf(app)) app.dynos.scale(type, quantity, size)
}

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
    updated_at: isoTime(release.createdAt),
    slug: release.slug === null ? null : { id: release.slug.id },
    status: 'succeeded',
    user: userIdentity(world.account),
    version: release.version,
    current: release === currentRelease(app),
    output_stream_url: null,
    eligible_for_rollback: release.slug !== null,
    ...(version === '3.sdk' ? { oci_image: null } : {}),
  }
}

function announceRelease(world: World, app: App, release: Release): void {
  const data = releaseView(world, app, release)
  const payload = { action: 'create', resource: 'release', data, previousData: {} } as const
  world.announce(app, { include: 'api:release', payload })
}
