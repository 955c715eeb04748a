import { fieldsOf } from '../base/fields-of.ts'
import { unreachable } from '../base/unreachable.ts'

/** Something that one StreamApp alone may have. */
export interface Claim {
  /** The same for two that would meet, and for no others. */
  readonly name: string
  /** JSON pointer of the field that makes it. */
  readonly path: '/spec/app' | '/spec/applicationName'
}

/** The fields that decide what a StreamApp claims. */
export interface Claimant {
  readonly app: string
  readonly addon: string
  readonly applicationName: string
  /** Undefined: nobody has looked yet which add-on that is. */
  readonly cluster?: FoundAddon | undefined
}

/** The add-on behind an attachment, as Heroku tells it. */
export interface FoundAddon {
  readonly name: string
  readonly id: string
}

/** `status.cluster` of a StreamApp: the add-on that was found behind its `spec.kafka.addon`. */
export interface HeldCluster extends FoundAddon {
  /** `spec.app` and `spec.kafka.addon`, as they were then: of others it says nothing. */
  readonly app: string
  readonly addon: string
}

/**
 * A Heroku app, since its `STREAMS_` config vars hold the settings of one StreamApp, and the application id of its
 * cluster. Which cluster that is stands in the manifest where that names the add-on itself (`kafka-flat-12345`); where
 * it names how the app has attached it (`KAFKA`), the controller finds out. Add-ons have a dash in their names,
 * attachments have none: Heroku's schemata of both. An add-on can be renamed, so what was found counts by its id, too.
 */
export function claimsOf({ app, addon, applicationName, cluster }: Claimant): readonly Claim[] {
  const declared = addon.includes('-') ? [addon] : []
  const found = cluster === undefined ? [] : [cluster.name, `add-on ${cluster.id}`]
  return [
    { name: `Heroku app ${app}`, path: '/spec/app' },
    ...[...new Set([...declared, ...found])].map((where): Claim => ({
      name: `application name ${applicationName} on ${where}`,
      path: '/spec/applicationName',
    })),
  ]
}

/** A StreamApp as it is kept, defaults and all. */
export type KeptClaimant = Readonly<Record<string, unknown>>

export function keptClaims(name: string, { spec, status }: KeptClaimant): readonly Claim[] {
  const { app, kafka, applicationName = name } = fieldsOf(spec)
  const { addon } = fieldsOf(kafka)
  const claimant = { app: textOf(app), addon: textOf(addon), applicationName: textOf(applicationName) }
  return claimsOf({ ...claimant, cluster: heldCluster(claimant, status) })
}

function heldCluster({ app, addon }: Claimant, status: unknown): HeldCluster | undefined {
  const { cluster } = fieldsOf(status)
  const held = fieldsOf(cluster)
  const [name, id] = [textOf(held['name']), textOf(held['id'])]
  const isOfThese = held['app'] === app && held['addon'] === addon
  return isOfThese && name !== '' && id !== '' ? { app, addon, name, id } : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Why both cannot be, and what to do. `other`: the StreamApp that has it. */
export function describeClash(
  { name, path }: Claim,
  other: string,
): { readonly message: string; readonly hint: string } {
  switch (path) {
    case '/spec/app':
      return {
        message: `${name} is run by StreamApp ${other} already, and its STREAMS_ config vars hold one application id`,
        hint: 'give each StreamApp an app of its own, or remove the other first',
      }
    case '/spec/applicationName':
      return {
        message: `${name} is taken by StreamApp ${other}: they would share a consumer group`,
        hint: 'give one of them another applicationName, or remove the other first',
      }
    default:
      return unreachable(path)
  }
}
