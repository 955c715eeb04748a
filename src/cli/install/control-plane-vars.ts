import type { ConfigVars } from '../../heroku/platform.ts'

export interface ControlPlaneWish {
  /** Where its web dyno is reached. */
  readonly url: string
  /** The key with which it operates the stream apps. */
  readonly apiKey: string
  /** Random texts, each used once. */
  readonly token: string
  readonly hookSecret: string
  /** Undefined: its add-on sets it. */
  readonly databaseUrl: string | undefined
  /** WEIR_HEROKU_HOST and the like, where this machine has them set. */
  readonly hosts: ConfigVars
}

/** Only what is not set yet: a second install changes no token, which would shut everybody out. */
export function controlPlaneVars(live: ConfigVars, wish: ControlPlaneWish): ConfigVars {
  const { url, apiKey, token, hookSecret, databaseUrl, hosts } = wish
  const wanted: ConfigVars = {
    WEIR_TOKEN: token,
    WEIR_URL: url.replace(/\/+$/, ''),
    WEIR_HOOK_SECRET: hookSecret,
    WEIR_HEROKU_API_KEY: apiKey,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...hosts,
  }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => live[name] === undefined))
}

/** An app without it is somebody's own, and is left alone. */
export function isControlPlane(live: ConfigVars): boolean {
  return live['WEIR_TOKEN'] !== undefined
}
