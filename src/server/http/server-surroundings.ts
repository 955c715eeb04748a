import type { Clock } from '../../base/clock.ts'
import type { Secret } from '../../base/secret.ts'
import type { HerokuWays } from '../../controller/keep/heroku-way.ts'
import type { Sight } from '../../controller/observe/observe.ts'
import type { Authenticate } from '../access/authenticate.ts'
import type { LongAnswers } from '../access/long-answers.ts'
import type { Tellings } from '../events/tellings.ts'
import type { ObjectsSurroundings } from '../objects/call.ts'
import type { Pods } from '../pods/pods.ts'
import type { UserShares } from './user-shares.ts'

/** What answering a request needs. */
export interface ServerSurroundings extends ObjectsSurroundings {
  readonly clock: Clock
  readonly pods: Pods
  /** Who watches events asks them, and not the record. */
  readonly tellings: Tellings
  readonly authenticate: Authenticate
  /** Watches, and logs that are followed. */
  readonly longAnswers: LongAnswers
  /** Where plans are made. Undefined: nowhere. */
  readonly sights: HerokuWays<Sight> | undefined
  /** Fires when the server is told to end. */
  readonly stop: AbortSignal
  /** Undefined: nobody is held back. */
  readonly shares: UserShares | undefined
  /** A new token's text. */
  readonly newToken: () => string
  /** What the secrets of Heroku's webhooks follow from. Undefined: none is taken. */
  readonly hookSecret: Secret | undefined
  /** One line a request that failed by our own fault. It never gets a body or a header. */
  readonly say: (message: string, fields: object) => void
}
