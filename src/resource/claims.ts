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
}

/**
 * A Heroku app, since its `STREAMS_` config vars hold the settings of one StreamApp, and the application id of its
 * cluster: which is known from the manifest where that names the add-on itself (`kafka-flat-12345`) and not how the app
 * has attached it (`KAFKA`). Add-ons have a dash in their names, attachments have none: Heroku's schemata of both.
 */
export function claimsOf({ app, addon, applicationName }: Claimant): readonly Claim[] {
  const own: Claim = { name: `Heroku app ${app}`, path: '/spec/app' }
  if (!addon.includes('-')) return [own]
  return [own, { name: `application name ${applicationName} on ${addon}`, path: '/spec/applicationName' }]
}

/** Of a StreamApp as it is kept, defaults and all. */
export function keptClaims(name: string, spec: unknown): readonly Claim[] {
  const { app, kafka, applicationName = name } = fieldsOf(spec)
  const { addon } = fieldsOf(kafka)
  return claimsOf({ app: textOf(app), addon: textOf(addon), applicationName: textOf(applicationName) })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
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
        hint: 'give one of them another applicationName',
      }
    default:
      return unreachable(path)
  }
}
