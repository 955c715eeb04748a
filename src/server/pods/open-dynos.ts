import type { Clock } from '../../base/clock.ts'
import { budgetGate } from '../../controller/budget/call-gate.ts'
import { herokuBucket, RequestBudget } from '../../controller/budget/request-budget.ts'
import type { HerokuDynos } from '../../heroku/dynos.ts'
import { openHeroku } from '../../heroku/open-heroku.ts'
import type { HerokuSettings } from '../../heroku/settings.ts'

/** Left to the controller, whose calls come from the same bucket: to look is worth less than to act. */
const reserve = 500
/** Whoever looks is told sooner than Heroku may answer. */
const timeoutMs = 8_000

/** The way to Heroku of those who look at pods. */
export function openDynos(
  settings: HerokuSettings,
  clock: Clock,
): { readonly dynos: HerokuDynos | undefined; readonly close: () => void } {
  const reserves = { resync: reserve, lag: reserve, webhook: reserve, person: reserve }
  const budget = new RequestBudget(herokuBucket, reserves, clock.now())
  const { dynos, close } = openHeroku(settings, { timeoutMs, platformGate: budgetGate(budget, clock) })
  return { dynos, close }
}
