import { objectOf, optionalText } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App, Release } from '../records.ts'
import { appOf } from './find.ts'
import { makeRelease, releaseView } from './make-release.ts'

const path = '/apps/:app/releases'

export const releaseRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    range: ['version', 'id'],
    answer: (call) => appOf(call).releases.map((release) => view(call, release)),
  },
  { method: 'GET', path: `${path}/:release`, answer: (call) => view(call, releaseOf(call)) },
  { method: 'GET', path: `${path}/:release/config-vars`, answer: (call) => releaseOf(call).configVars },
  { method: 'POST', path, status: 201, answer: (call) => view(call, create(call)) },
]

const view = (call: Call, release: Release): object =>
  releaseView(call.world, appOf(call), release, call.accept.version)

const releaseOf = (call: Call): Release => findRelease(appOf(call), call.params['release'] ?? '')

/** By id, or by version with or without its v. */
function findRelease(app: App, idOrVersion: string): Release {
  const version = Number(/^v?(\d+)$/.exec(idOrVersion)?.[1])
  const release = app.releases.find((one) => one.id === idOrVersion || one.version === version)
  if (release === undefined) throw notFound('release')
  return release
}

function create(call: Call): Release {
  const body = objectOf(call.body)
  const app = appOf(call)
  if (body['oci_image'] !== undefined) throw invalidParams('The local emulator runs slugs only; give slug or release.')
  const release = optionalText(body, 'release')
  if (release !== null) return rollBack(call, app, findRelease(app, release))
  const slug = app.slugs.get(optionalText(body, 'slug') ?? '')
  if (slug === undefined) throw notFound('slug')
  if (slug.directory === null) throw invalidParams("This slug's blob was not put yet: PUT it to blob.url first.")
  const description = optionalText(body, 'description') ?? `Deploy ${(slug.commit ?? slug.id).slice(0, 8)}`
  return makeRelease(call.world, app, { description, slug })
}

/** Code and config vars of then; add-ons stay as they are. */
function rollBack(call: Call, app: App, to: Release): Release {
  if (to.slug === null || to.status !== 'succeeded') {
    throw invalidParams(`Cannot roll back to v${to.version}: it has no slug, or it did not succeed.`)
  }
  app.configVars = to.ownConfigVars
  return makeRelease(call.world, app, { description: `Rollback to v${to.version}`, slug: to.slug })
}
