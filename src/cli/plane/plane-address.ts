import { JSON_SCHEMA, load } from 'js-yaml'
import { fieldsOf } from '../../base/fields-of.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { Secret } from '../../base/secret.ts'

/** Where the control plane is, and who asks. */
export interface PlaneAddress {
  /** `https://host:port`, without a slash at the end. */
  readonly server: string
  readonly token: Secret | undefined
  /** PEM of the authority that signed its certificate; undefined: a public one. */
  readonly authority: string | undefined
  readonly namespace: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a kubeconfig, the file that kubectl reads, so that one file serves both.
 * Of its users only those with a token are understood.
 */
export function readKubeconfig(text: string): Result<PlaneAddress, string> {
  const config = fieldsOf(parsed(text))
  const context = named(config['contexts'], config['current-context'], 'context')
  if (context === undefined) return fail('it has no current-context that is in its contexts')
  const cluster = named(config['clusters'], context['cluster'], 'cluster') ?? {}
  const user = named(config['users'], context['user'], 'user') ?? {}
  const server = textOf(cluster['server'])
  if (server === undefined || !URL.canParse(server)) return fail('its cluster has no server that is a URL')
  const authority = textOf(cluster['certificate-authority-data'])
  const token = textOf(user['token'])
  return ok({
    server: server.replace(/\/+$/, ''),
    token: token === undefined ? undefined : new Secret(token),
    authority: authority === undefined ? undefined : Buffer.from(authority, 'base64').toString(),
    namespace: textOf(context['namespace']) ?? 'default',
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parsed(text: string): unknown {
  try {
    return load(text, { schema: JSON_SCHEMA })
  } catch {
    return undefined
  }
}

/** The names of its contexts, and the one that is in use. */
export function kubeconfigContexts(text: string): {
  readonly names: readonly string[]
  readonly current: string | undefined
} {
  const config = fieldsOf(parsed(text))
  const list: readonly unknown[] = Array.isArray(config['contexts']) ? config['contexts'] : []
  const names = list.flatMap((item) => textOf(fieldsOf(item)['name']) ?? [])
  return { names, current: textOf(config['current-context']) }
}

/** kubeconfig's lists are `[{ name, context: {…} }]`. */
function named(list: unknown, name: unknown, part: string): Fields | undefined {
  const entry: unknown = Array.isArray(list) ? list.find((item: unknown) => fieldsOf(item)['name'] === name) : undefined
  return entry === undefined || name === undefined ? undefined : fieldsOf(fieldsOf(entry)[part])
}
