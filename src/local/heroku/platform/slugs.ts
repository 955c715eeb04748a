import { objectOf, optionalText, textMap } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import type { ApiVersion } from '../http/accept.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { Slug } from '../records.ts'
import { isoTime, stack } from '../views.ts'
import type { World } from '../world.ts'
import { appOf } from './find.ts'

export const slugRoutes: readonly Route[] = [
  { method: 'POST', path: '/apps/:app/slugs', status: 201, answer: (call) => view(call, create(call)) },
  {
    method: 'GET',
    path: '/apps/:app/slugs/:slug',
    answer: (call) => {
      const slug = appOf(call).slugs.get(call.params['slug'] ?? '')
      if (slug === undefined) throw notFound('slug')
      return view(call, slug)
    },
  },
]

const view = (call: Call, slug: Slug): object => slugView(call.world, slug, call.accept.version)

function create(call: Call): Slug {
  const body = objectOf(call.body)
  const processTypes = textMap(body, 'process_types')
  const wrong = Object.keys(processTypes).filter((type) => !/^[-\w]{1,128}$/.test(type))
  if (wrong.length > 0) throw invalidParams(`Not names of process types: ${wrong.join(', ')}.`)
  const slug = newSlug(call.world, {
    processTypes,
    commit: optionalText(body, 'commit'),
    commitDescription: optionalText(body, 'commit_description'),
    checksum: optionalText(body, 'checksum'),
  })
  appOf(call).slugs.set(slug.id, slug)
  call.world.open.slugs.set(slug.id, slug)
  return slug
}

export const newSlug = (
  world: World,
  given: Pick<Slug, 'processTypes' | 'commit' | 'commitDescription' | 'checksum'>,
): Slug => ({
  ...given,
  id: world.id(),
  createdAt: world.now(),
  updatedAt: world.now(),
  sizeBytes: null,
  directory: null,
})

function slugView(world: World, slug: Slug, version: ApiVersion): object {
  const isWaiting = slug.directory === null
  return {
    blob: { method: isWaiting ? 'put' : 'get', url: `${world.places.baseUrl}/slug-blobs/${slug.id}` },
    buildpack_provided_description: null,
    checksum: slug.checksum,
    commit: slug.commit,
    commit_description: slug.commitDescription,
    created_at: isoTime(slug.createdAt),
    id: slug.id,
    process_types: slug.processTypes,
    size: slug.sizeBytes,
    stack,
    updated_at: isoTime(slug.updatedAt),
    ...(version === '3.sdk' ? { deleted_at: null } : {}),
  }
}
