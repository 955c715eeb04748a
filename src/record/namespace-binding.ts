import { fail, ok, type Result } from '../base/result.ts'
import { Secret } from '../base/secret.ts'
import type { JsonObject, ObjectKey } from './record.ts'
import { secretValue } from './secret-value.ts'

/** Of a Namespace: the Heroku apps that its StreamApps may name, `orders, words-*`. Without it, any. */
export const appsAnnotation = 'streams.weirkeeper.dev/heroku-apps'
/** Of a Namespace: the Secret whose `token` Heroku is asked with, `NAME` or `NAMESPACE/NAME`. Without it, the control plane's own. */
export const tokenSecretAnnotation = 'streams.weirkeeper.dev/heroku-token-secret'

/** What a namespace may touch at Heroku, and with whose token. Why it is two annotations: docs/decisions/0009. */
export interface NamespaceBinding {
  readonly namespace: string
  /** Names, or beginnings with a `*` after them. Undefined: any. */
  readonly apps: readonly string[] | undefined
  /** Undefined: the control plane's own token. */
  readonly tokenSecret: ObjectKey | undefined
}

/** `body`: the Namespace as it is kept; one that is not kept binds nothing. */
export function bindingOf(namespace: string, body: JsonObject | undefined): NamespaceBinding {
  const annotations = Object(Reflect.get(Object(body?.['metadata']), 'annotations'))
  const apps: unknown = Reflect.get(annotations, appsAnnotation)
  const secret: unknown = Reflect.get(annotations, tokenSecretAnnotation)
  return {
    namespace,
    apps: typeof apps === 'string' ? listed(apps) : undefined,
    tokenSecret: typeof secret === 'string' ? secretKey(secret, namespace) : undefined,
  }
}

/** Why the app is not for this namespace, and what to do. Undefined: it is. */
export function unboundApp({ namespace, apps }: NamespaceBinding, app: string): string | undefined {
  if (apps === undefined || apps.some((allowed) => isMeant(allowed, app))) return undefined
  const bound = apps.length === 0 ? 'no Heroku app' : `the Heroku apps ${apps.join(', ')}`
  const list = [...apps, app].join(',')
  return `namespace ${namespace} is bound to ${bound}, and not to ${app}. Name one of its own, or have an admin of the control plane bind it: kubectl annotate namespace ${namespace} --overwrite ${appsAnnotation}=${list}`
}

/** The token that the binding names, from the Secret as it is kept; or why there is none. Its value is never told. */
export function boundToken(
  { namespace, tokenSecret }: NamespaceBinding & { readonly tokenSecret: ObjectKey },
  body: JsonObject | undefined,
): Result<Secret, string> {
  const where = `Secret ${tokenSecret.namespace}/${tokenSecret.name}, which namespace ${namespace} names for its Heroku token,`
  const how = `kubectl create secret generic ${tokenSecret.name} -n ${tokenSecret.namespace} --from-literal=token=$(heroku authorizations:create -S)`
  if (body === undefined) return fail(`${where} is not there. Do: ${how}`)
  const token = secretValue(body, 'token')
  if (token === undefined) return fail(`${where} has no token. Delete it, then do: ${how}`)
  if (!/^[\x21-\x7e]+$/.test(token)) return fail(`${where} has a token with a space or a character that no token has`)
  return ok(new Secret(token))
}

/** What is wrong with a Namespace's annotations, each with what to write instead. */
export function bindingMistakes(
  annotations: Readonly<Record<string, string>>,
): readonly { readonly annotation: string; readonly message: string }[] {
  const { [appsAnnotation]: apps, [tokenSecretAnnotation]: secret } = annotations
  const wrong = listed(apps ?? '').filter((app) => !/^[a-z0-9-]*\*?$/.test(app))
  const isSecret = secret === undefined || /^([a-z0-9-]+\/)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(secret)
  return [
    ...wrong.map((app) => {
      const words = `Invalid value: ${JSON.stringify(app.slice(0, 100))}: write names of Heroku apps with commas between them, or beginnings with a * after them: orders,words-*`
      return { annotation: appsAnnotation, message: words }
    }),
    ...(isSecret
      ? []
      : [
          {
            annotation: tokenSecretAnnotation,
            message: `Invalid value: ${JSON.stringify(secret.slice(0, 100))}: write the name of a Secret of this namespace, or NAMESPACE/NAME`,
          },
        ]),
  ]
}

function listed(apps: string): readonly string[] {
  return apps
    .split(',')
    .map((app) => app.trim())
    .filter((app) => app !== '')
}

function isMeant(allowed: string, app: string): boolean {
  return allowed.endsWith('*') ? app.startsWith(allowed.slice(0, -1)) : app === allowed
}

function secretKey(text: string, own: string): ObjectKey {
  const [first = '', ...rest] = text.split('/')
  const [namespace, name] = rest.length === 0 ? [own, first] : [first, rest.join('/')]
  return { kind: 'Secret', namespace, name }
}
