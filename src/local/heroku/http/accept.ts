import { noSuchEndpoint, Refusal } from '../refusal.ts'

/** The versions whose shapes differ, or that the real CLI asks for. */
export type ApiVersion = '3' | '3.sdk' | '3.actions' | '3.webhooks' | '3.account-quotas'

/** What a client said about the shape it wants. */
export interface Accept {
  readonly version: ApiVersion
  /** `Accept-Inclusion: addon:plan,config_vars` */
  readonly inclusion: ReadonlySet<string>
  /** `Accept-Expansion: addon_service,plan` */
  readonly expansion: ReadonlySet<string>
}

const versions: readonly string[] = ['3', '3.sdk', '3.actions', '3.webhooks', '3.account-quotas'] satisfies ApiVersion[]
const isVersion = (text: string): text is ApiVersion => versions.includes(text)

export interface AcceptHeaders {
  readonly accept?: string | undefined
  readonly 'accept-inclusion'?: string | string[] | undefined
  readonly 'accept-expansion'?: string | string[] | undefined
}

export function acceptOf(headers: AcceptHeaders, method: string, path: string): Accept {
  const asked = /application\/vnd\.heroku\+json\s*;\s*version=([\w.-]+)/.exec(headers.accept ?? '')?.[1]
  if (asked === undefined) throw noSuchEndpoint(method, path)
  if (!isVersion(asked)) {
    const message = `Version ${asked} of the API is not known here. Ask for one of: ${versions.join(', ')}.`
    throw new Refusal(406, { id: 'not_acceptable', message })
  }
  return {
    version: asked,
    inclusion: words(headers['accept-inclusion']),
    expansion: words(headers['accept-expansion']),
  }
}

const words = (header: string | string[] | undefined): ReadonlySet<string> =>
  new Set(
    [header ?? '']
      .flat()
      .flatMap((text) => text.split(','))
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
