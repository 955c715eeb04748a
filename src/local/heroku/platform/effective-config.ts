import { kafkaConfigVars } from '../../kafka-config-vars.ts'
import type { Addon, App, Attachment } from '../records.ts'
import type { World } from '../world.ts'
import { attachmentsOf } from './find.ts'

/** The app's own and those of its provisioned add-ons. */
export function configVarsOf(world: World, app: App, own = app.configVars): Readonly<Record<string, string>> {
  const attached = attachmentsOf(world, app).map(({ name, addon }) => addonConfigVars(world, name, addon))
  return Object.assign({}, own, ...attached)
}

/** Suffixes by which the CLI finds them in `attachment.config_vars`. */
export function addonConfigVarNames({ name, addon }: Pick<Attachment, 'name' | 'addon'>): readonly string[] {
  const suffixes = [
    'URL',
    'TRUSTED_CERT',
    'CLIENT_CERT',
    'CLIENT_CERT_KEY',
    ...(addon.prefix === null ? [] : ['PREFIX']),
  ]
  return suffixes.map((suffix) => `${name}_${suffix}`)
}

function addonConfigVars(world: World, name: string, addon: Addon): Readonly<Record<string, string>> {
  const { credentials, prefix, plan } = addon
  if (credentials === null) return {}
  const { addresses } = world.options.cluster
  return {
    ...kafkaConfigVars(name, plan.shared ? addresses.basic : addresses.dedicated, credentials),
    ...(prefix === null ? {} : { [`${name}_PREFIX`]: prefix }),
  }
}

/** The default domain: the name and something that cannot be guessed from it. Nothing listens there. */
export const domainOf = ({ id, name }: App): string => `${name}-${id.slice(-12)}.herokuapp.com`
