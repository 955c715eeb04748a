import { optionalBoolean, objectOf } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { namedId } from '../named-id.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { FeatureState } from '../records.ts'
import { isoTime } from '../views.ts'
import type { World } from '../world.ts'
import { appOf } from './find.ts'

interface Feature {
  readonly name: string
  readonly owner: 'app' | 'account'
  readonly description: string
}

/** The features an app of workers meets. Only `runtime-dyno-metadata` has an effect here; the others are kept and answered. */
const features: readonly Feature[] = [
  { name: 'log-runtime-metrics', owner: 'app', description: 'Memory of dynos in the log' },
  { name: 'runtime-dyno-metadata', owner: 'app', description: 'HEROKU_APP_NAME and others in the environment' },
  { name: 'runtime-dyno-build-metadata', owner: 'app', description: 'HEROKU_BUILD_COMMIT in the environment' },
  { name: 'preboot', owner: 'app', description: 'New web dynos before the old ones stop' },
  { name: 'http-session-affinity', owner: 'app', description: 'Requests of one client go to one dyno' },
  { name: 'metrics-request-volume', owner: 'account', description: 'Request volume in the dashboard' },
]

const path = '/apps/:app/features'

export const featureRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    range: ['name', 'id'],
    answer: (call) => ofOwner('app').map(({ name }) => featureView(name, stateIn(call, name))),
  },
  {
    method: 'GET',
    path: `${path}/:feature`,
    answer: (call) => featureView(nameOf(call), stateIn(call, nameOf(call))),
  },
  {
    method: 'PATCH',
    path: `${path}/:feature`,
    answer: (call) => {
      const change = { name: nameOf(call), body: objectOf(call.body) }
      return featureView(change.name, setFeature(call.world, appOf(call).features, change))
    },
  },
]

const ofOwner = (owner: Feature['owner']): readonly Feature[] => features.filter((feature) => feature.owner === owner)
const nameOf = (call: Call): string => knownFeature('app', call.params['feature'] ?? '')

const stateIn = (call: Call, name: string): FeatureState => {
  const app = appOf(call)
  return app.features.get(name) ?? { enabled: false, updatedAt: app.createdAt }
}

export function knownFeature(owner: Feature['owner'], name: string): string {
  if (!ofOwner(owner).some((feature) => feature.name === name)) throw notFound('feature', 'feature')
  return name
}

interface FeatureChange {
  readonly name: string
  readonly body: JsonObject
}

export function setFeature(
  world: World,
  states: Map<string, FeatureState>,
  { name, body }: FeatureChange,
): FeatureState {
  const enabled = optionalBoolean(body, 'enabled')
  if (enabled === null) throw invalidParams('enabled is required.')
  const state = { enabled, updatedAt: world.now() }
  states.set(name, state)
  return state
}

export function featureView(name: string, { enabled, updatedAt }: FeatureState): object {
  const at = isoTime(updatedAt)
  return {
    created_at: at,
    description: features.find((feature) => feature.name === name)?.description ?? name,
    display_name: name,
    doc_url: `https://devcenter.heroku.com/articles/${name}`,
    enabled,
    feedback_email: 'feedback@heroku.com',
    id: namedId(name),
    name,
    state: 'general',
    updated_at: at,
  }
}
