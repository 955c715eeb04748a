import { objectOf } from '../http/body.ts'
import type { Route } from '../http/route.ts'
import { notFound } from '../refusal.ts'
import { isoTime } from '../views.ts'
import type { World } from '../world.ts'
import { featureView, knownFeature, setFeature } from './features.ts'

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/account', answer: ({ world, accept }) => accountView(world, accept.version === '3.sdk') },
  {
    method: 'GET',
    path: '/account/features',
    range: ['name', 'id'],
    answer: ({ world }) => [...world.account.features].map(([name, state]) => featureView(name, state)),
  },
  {
    method: 'GET',
    path: '/account/features/:feature',
    answer: ({ world, params }) => {
      const name = params['feature'] ?? ''
      const state = world.account.features.get(name)
      if (state === undefined) throw notFound('feature', 'feature')
      return featureView(name, state)
    },
  },
  {
    method: 'PATCH',
    path: '/account/features/:feature',
    answer: ({ world, params, body }) => {
      const name = knownFeature('account', params['feature'] ?? '')
      return featureView(name, setFeature(world, world.account.features, { name, body: objectOf(body) }))
    },
  },
]

function accountView({ account }: World, isSdk: boolean): object {
  const createdAt = isoTime(account.createdAt)
  return {
    allow_tracking: false,
    beta: false,
    country_of_residence: null,
    created_at: createdAt,
    default_organization: null,
    default_team: null,
    delinquent_at: null,
    email: account.email,
    federated: false,
    id: account.id,
    identity_provider: null,
    last_login: createdAt,
    name: null,
    sms_number: null,
    suspended_at: null,
    two_factor_authentication: false,
    updated_at: createdAt,
    verified: true,
    ...(isSdk ? ofSdk : {}),
  }
}

const ofSdk = {
  acknowledged_msa: false,
  acknowledged_msa_at: null,
  eco_dynos_enabled: false,
  eco_dynos_shutdown_at: null,
  italian_customer_terms: null,
  italian_partner_terms: null,
  mfa_enabled: false,
  mfa_exemption: false,
  mfa_exemption_reason: null,
  mfa_experience: 'vaas',
  pipeline_cost_consent_at: null,
} as const
