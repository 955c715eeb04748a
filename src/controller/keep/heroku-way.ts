import { fail, ok, type Result } from '../../base/result.ts'
import type { Secret } from '../../base/secret.ts'
import { bindingOf, boundToken, unboundApp } from '../../record/namespace-binding.ts'
import type { ControlRecord } from '../../record/record.ts'
import type { RequestBudget } from '../budget/request-budget.ts'
import type { Refusal } from '../plan/plan.ts'
import type { Hearing } from './hear-app.ts'
import type { PassSurroundings } from './keep-level.ts'

/** How one account reaches Heroku: its calls, and what is left of them. */
export interface HerokuWay {
  readonly engine: PassSurroundings
  readonly budget: RequestBudget
  /** Left out: Heroku is not asked to tell of changes, and the resync finds them. */
  readonly hearing?: Hearing | undefined
}

export interface HerokuWays<Way> {
  /** The control plane's own. */
  readonly own: Way
  /** Of a namespace that brings its own token; the same for the same token, until the term ends. */
  readonly withToken: (token: Secret) => Way
}

/** The way that a namespace is bound to; or why nothing is done at Heroku for this app of it. */
export async function wayFor<Way>(
  { namespace, app }: { readonly namespace: string; readonly app: string | undefined },
  { own, withToken }: HerokuWays<Way>,
  record: Pick<ControlRecord, 'get'>,
): Promise<Result<Way, Refusal>> {
  const kept = await record.get({ kind: 'Namespace', namespace: '', name: namespace })
  const binding = bindingOf(namespace, kept?.body)
  const unbound = app === undefined ? undefined : unboundApp(binding, app)
  if (unbound !== undefined) return fail({ reason: 'AppNotBound', message: unbound })
  const { tokenSecret } = binding
  if (tokenSecret === undefined) return ok(own)
  const secret = await record.get(tokenSecret)
  const token = boundToken({ ...binding, tokenSecret }, secret?.body)
  return token.ok ? ok(withToken(token.value)) : fail({ reason: 'NamespaceTokenMissing', message: token.error })
}
