import type { Clock } from '../../base/clock.ts'
import type { Secret } from '../../base/secret.ts'
import { budgetGate } from '../../controller/budget/call-gate.ts'
import { herokuBucket, RequestBudget } from '../../controller/budget/request-budget.ts'
import type { HerokuDynos } from '../../heroku/dynos.ts'
import { openHeroku } from '../../heroku/open-heroku.ts'
import { perToken } from '../../heroku/per-token.ts'
import type { HerokuSettings } from '../../heroku/settings.ts'

/** The ways to Heroku of those who look at pods. */
export interface DynoWays {
  /** The control plane's own. */
  readonly own: HerokuDynos
  /** Of a namespace that brings its own token; the same for the same token. */
  readonly withToken: (token: Secret) => HerokuDynos
}

/** Left to the controller, whose calls come from the same bucket: to look is worth less than to act. */
const reserve = 500
/** Whoever looks is told sooner than Heroku may answer. */
const timeoutMs = 8_000

export function openDynos(
  settings: HerokuSettings,
  clock: Clock,
): { readonly dynos: DynoWays; readonly close: () => void } {
  const closes: (() => void)[] = []
  const open = (key: Secret): HerokuDynos => {
    const reserves = { resync: reserve, lag: reserve, webhook: reserve, person: reserve }
    const budget = new RequestBudget(herokuBucket, reserves, clock.now())
    const { dynos, close } = openHeroku({ ...settings, key }, { timeoutMs, platformGate: budgetGate(budget, clock) })
    closes.push(close)
    return dynos
  }
  const close = (): void => {
    for (const closeOne of closes) closeOne()
  }
  return { dynos: { own: open(settings.key), withToken: perToken(open) }, close }
}
