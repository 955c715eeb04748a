import type { Accept, ApiVersion } from '../http/accept.ts'
import { namedId } from '../named-id.ts'
import type { KafkaPlan } from '../plans.ts'
import type { Addon, Attachment } from '../records.ts'
import { addonIdentity, addonService, appIdentity, isoTime } from '../views.ts'
import type { World } from '../world.ts'
import { addonConfigVarNames } from './effective-config.ts'

/** The plain shape of a version, for events. */
export const inclusionOf = (version: ApiVersion): Accept => ({ version, inclusion: new Set(), expansion: new Set() })

/** heroku-kafka's own service has existed since 2016. */
const serviceCreatedAt = '2016-04-26T12:00:00Z'

export const serviceView = {
  cli_plugin_name: 'heroku-kafka',
  created_at: serviceCreatedAt,
  human_name: 'Apache Kafka on Heroku',
  id: addonService.id,
  name: addonService.name,
  state: 'ga',
  supported_generations: [{ id: namedId('cedar'), name: 'cedar' }],
  supports_multiple_installations: true,
  supports_sharing: true,
  updated_at: serviceCreatedAt,
} as const

export function planView(plan: KafkaPlan, version: ApiVersion): object {
  return {
    addon_service: addonService,
    compliance: null,
    created_at: serviceCreatedAt,
    default: plan.name === 'heroku-kafka:basic-0',
    description: `Apache Kafka on Heroku - ${planName(plan)}`,
    human_name: planName(plan),
    id: namedId(plan.name),
    installable_inside_private_network: plan.privateSpace,
    installable_outside_private_network: !plan.privateSpace,
    name: plan.name,
    price: priceOf(plan, version),
    space_default: false,
    state: 'ga',
    updated_at: serviceCreatedAt,
    visible: true,
  }
}

const priceOf = (plan: KafkaPlan, version: ApiVersion): object => ({
  cents: plan.monthlyCents,
  contract: false,
  unit: 'month',
  ...(version === '3.sdk' ? { metered: false } : {}),
})

/** `heroku-kafka:basic-0` is shown as `Basic 0`. */
const planName = ({ name }: KafkaPlan): string =>
  (name.split(':')[1] ?? name)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

export function addonView(world: World, addon: Addon, { version, expansion }: Accept): object {
  const attachment = [...world.attachments.values()].find((one) => one.addon === addon && one.app === addon.app)
  return {
    actions: [],
    addon_service: expansion.has('addon_service') ? serviceView : addonService,
    app: appIdentity(addon.app),
    billed_price: priceOf(addon.plan, version),
    billing_entity: { ...appIdentity(addon.app), type: 'app' },
    config_vars: attachment === undefined ? [] : configVarNames(attachment),
    created_at: isoTime(addon.createdAt),
    id: addon.id,
    name: addon.name,
    plan: expansion.has('plan')
      ? planView(addon.plan, version)
      : { id: namedId(addon.plan.name), name: addon.plan.name },
    provider_id: addon.id,
    ...provisionMessage(addon),
    state: addon.state,
    updated_at: isoTime(addon.updatedAt),
    web_url: `https://addons-sso.heroku.com/apps/${addon.app.id}/addons/${addon.id}`,
  }
}

const provisionMessage = ({ state }: Addon): object =>
  state === 'provisioning'
    ? {
        provision_message:
          'The cluster should be available in a few minutes.\nRun `heroku kafka:wait` to wait until the cluster is ready.',
      }
    : {}

/** They are there only once the add-on is. */
const configVarNames = (attachment: Attachment): readonly string[] =>
  attachment.addon.state === 'provisioned' ? addonConfigVarNames(attachment) : []

export function attachmentView(_world: World, attachment: Attachment, { inclusion }: Accept): object {
  const { addon } = attachment
  const plan = { id: namedId(addon.plan.name), name: addon.plan.name }
  return {
    addon: { ...addonIdentity(addon), ...(inclusion.has('addon:plan') ? { plan } : {}) },
    app: appIdentity(attachment.app),
    created_at: isoTime(attachment.createdAt),
    id: attachment.id,
    log_input_url: null,
    name: attachment.name,
    namespace: null,
    updated_at: isoTime(attachment.updatedAt),
    web_url: `https://addons-sso.heroku.com/apps/${attachment.app.id}/addons/${addon.id}`,
    ...(inclusion.has('config_vars') ? { config_vars: configVarNames(attachment) } : {}),
  }
}
