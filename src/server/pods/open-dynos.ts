import type { Clock } from '../../base/clock.ts'
import type { Secret } from '../../base/secret.ts'
import { budgetGate } from '../../controller/budget/call-gate.ts'
import { herokuBucket, RequestBudget } from '../../controller/budget/request-budget.ts'
import type { HerokuWays } from '../../controller/keep/heroku-way.ts'
import type { Sight } from '../../controller/observe/observe.ts'
import type { HerokuDynos } from '../../heroku/dynos.ts'
import { openHeroku } from '../../heroku/open-heroku.ts'
import { perToken } from '../../heroku/per-token.ts'
import type { HerokuSettings } from '../../heroku/settings.ts'

/** Left to the controller, whose calls come from the same bucket: to look is worth less than to act. */
const reserve = 500
/** Whoever looks is told sooner than Heroku may answer. */
const timeoutMs = 8_000

export interface OpenedDynos {
  readonly dynos: HerokuWays<HerokuDynos>
  /** Of those who ask what the controller would do. */
  readonly sights: HerokuWays<Sight>
  readonly close: () => void
}

/** The ways to Heroku of those who look and change nothing. */
export function openDynos(settings: HerokuSettings, clock: Clock): OpenedDynos {
  const closes: (() => void)[] = []
  const open = (key: Secret): { readonly dynos: HerokuDynos; readonly sight: Sight } => {
    const reserves = { resync: reserve, lag: reserve, webhook: reserve, person: reserve }
    const budget = new RequestBudget(herokuBucket, reserves, clock.now())
    const manners = { timeoutMs, platformGate: budgetGate(budget, clock) }
    const { dynos, platform, kafkaData, close } = openHeroku({ ...settings, key }, manners)
    closes.push(close)
    return { dynos, sight: { platform, kafkaData, kafkaService: settings.kafkaService } }
  }
  const own = open(settings.key)
  const withToken = perToken(open)
  return {
    dynos: { own: own.dynos, withToken: (token) => withToken(token).dynos },
    sights: { own: own.sight, withToken: (token) => withToken(token).sight },
    close: () => {
      for (const close of closes) close()
    },
  }
}
