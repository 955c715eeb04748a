import type { Clock } from '../base/clock.ts'
import type { Schedule } from '../base/schedule.ts'
import type { Secret } from '../base/secret.ts'
import type { Heroku, HerokuManners } from '../heroku/open-heroku.ts'
import { perToken } from '../heroku/per-token.ts'
import type { ControlRecord } from '../record/record.ts'
import { bothGates, budgetGate, leaseGate } from './budget/call-gate.ts'
import { herokuBucket, RequestBudget } from './budget/request-budget.ts'
import type { ControllerConfig } from './config.ts'
import { keepGitSource } from './git-source/keep-git-source.ts'
import type { GitSourceSurroundings } from './git-source/source-pass.ts'
import type { Hearing } from './keep/hear-app.ts'
import type { HerokuWay, HerokuWays } from './keep/heroku-way.ts'
import type { PassSurroundings } from './keep/keep-level.ts'
import { keepStreamApp } from './keep/keep-stream-app.ts'
import { forgetOld } from './keep/forget-old.ts'
import { FullLooks } from './keep/full-looks.ts'
import { keep, type Pass } from './keep/keep.ts'
import { lead, type Term } from './lead/lead.ts'
import { shareClusters } from './observe/share-clusters.ts'
import type { Standing } from './lead/standing.ts'
import type { Measures } from './measure/measures.ts'

/** What one decision of the controller says about itself: a constant message and its fields. */
type Say = (message: string, fields: object) => void

export interface ControllerSurroundings {
  readonly record: ControlRecord
  /** Opens the way to Heroku for one term, with the gates of that term before each call: with the token of a namespace, or our own. */
  readonly open: (manners: HerokuManners, token?: Secret) => Heroku
  readonly clock: Clock
  readonly schedule: Schedule
  /** A number in [0, 1). */
  readonly chance: () => number
  readonly say: Say
  /** Told of each answer about the lease. */
  readonly standing?: Standing
  /** Left out: nothing is counted. */
  readonly measures?: Measures
  /** Left out: GitSources are left alone. */
  readonly gitOps?: Pick<GitSourceSurroundings, 'git' | 'newUid'>
}

const dayMs = 24 * 3_600_000
/** A resync leaves most of a bucket to people and to their other tools; a person may use all but a little. */
const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
/** A resync's glance at an app takes the topics and groups of its cluster as they were at most so long ago. */
const latelyMs = 30_000
/** What a glance cannot tell is found within this time. */
const fullLookEveryMs = 6 * 3_600_000
/** Whoever reads changes comes back within seconds, and after an hour lists again; people ask about the last week. */
const remembered = { changesMs: 3_600_000, eventsMs: 7 * dayMs }
/** How the queue is worked off. A StreamApp of a resync has the time in which Heroku gives back two calls. */
const pace = {
  queue: { backoff: { firstMs: 1_000, ceilingMs: 300_000 }, ageingMs: 30_000 },
  resyncSpreadMs: 120_000,
  resyncMsPerObject: (60_000 / herokuBucket.refillPerMinute) * 2,
}
/** Takes over within 15 s of a crash and within 1 s of a clean stop. */
const lease = { lease: 'controller', forMs: 12_000, renewEveryMs: 3_000, askEveryMs: 500 }

export type ControllerTerms = Pick<ControllerConfig, 'holder' | 'workers' | 'resync' | 'auditDays'> &
  Partial<Pick<ControllerConfig, 'hooks'>> & { readonly kafkaService: string }

/** Leads when it can, and keeps every StreamApp and GitSource of the record level while it leads, until told to stop. */
export async function runController(
  config: ControllerTerms,
  around: ControllerSurroundings,
  signal: AbortSignal,
): Promise<void> {
  const { record, clock, say, standing } = around
  const budget = new RequestBudget(herokuBucket, reserves, clock.now())
  const terms = { ...lease, holder: config.holder }
  around.measures?.budget(() => budget.remaining(clock.now()))
  const leases = standing?.watch(record) ?? record
  await lead(terms, { record: leases, clock, say }, (term) => serve(config, around, budget, term), signal)
}

async function serve(
  terms: ControllerTerms,
  around: ControllerSurroundings,
  budget: RequestBudget,
  term: Term,
): Promise<void> {
  const { record, clock, schedule, chance, say, measures } = around
  const ways = openWays(terms, around, budget, term)
  try {
    const auditMs = terms.auditDays * dayMs
    const forgetting = forgetOld({ ...remembered, auditMs }, { record, clock, say }, term.signal)
    const keeping = keep(
      { ...pace, workers: terms.workers, resync: terms.resync },
      {
        record,
        clock,
        schedule,
        chance,
        stretch: () => budget.stretch(clock.now(), { below: 0.3, most: 5 }),
        passes: passesOf(ways.heroku, around),
        ...(measures && { measures }),
        say,
      },
      term,
    )
    await Promise.all([keeping, forgetting])
  } finally {
    ways.close()
  }
}

interface Ways {
  readonly heroku: HerokuWays<HerokuWay>
  readonly close: () => void
}

/** The ways to Heroku of one term: before each call they ask whether the lease holds and whether the account has a call left. */
function openWays(
  { kafkaService, hooks }: ControllerTerms,
  { open, clock, measures }: ControllerSurroundings,
  budget: RequestBudget,
  term: Term,
): Ways {
  const leaseHolds = leaseGate(() => term.isHeld())
  const opened: Heroku[] = []
  const wayWith = (calls: RequestBudget, token?: Secret): HerokuWay => {
    const manners = {
      platformGate: bothGates(leaseHolds, budgetGate(calls, clock)),
      dataGate: leaseHolds,
      ...(measures && { onSent: measures.sent }),
    }
    const heroku = open(manners, token)
    opened.push(heroku)
    return { engine: engineOf(heroku, kafkaService, clock), hearing: hearingOf(hooks, heroku), budget: calls }
  }
  // Heroku counts an account's calls for itself, so each token has its own budget.
  const withToken = perToken((token) => wayWith(new RequestBudget(herokuBucket, reserves, clock.now()), token))
  return {
    heroku: { own: wayWith(budget), withToken },
    close: () => {
      for (const heroku of opened) heroku.close()
    },
  }
}

/** What one look at an object is, by its kind. */
function passesOf(
  heroku: Ways['heroku'],
  { record, clock, chance, say, measures, gitOps }: ControllerSurroundings,
): Record<string, Pass> {
  const tell = (object: string, decision: string, fields: object): void => say(decision, { object, ...fields })
  const fullLooks = new FullLooks(fullLookEveryMs, chance)
  const apps = { record, heroku, fullLooks, clock, ...(measures && { changed: measures.changed }), say: tell }
  const passes: Record<string, Pass> = { StreamApp: (key, held, stop) => keepStreamApp(key, apps, held, stop) }
  if (gitOps === undefined) return passes
  const sources: GitSourceSurroundings = { ...gitOps, record, clock, chance, say: tell, readings: new WeakMap() }
  return { ...passes, GitSource: (key, held, stop) => keepGitSource(key, sources, held, stop) }
}

/** Topics and groups of a cluster are read once for all who ask for them together. */
function engineOf({ platform, kafkaData }: Heroku, kafkaService: string, clock: Clock): PassSurroundings {
  const clusters = shareClusters(kafkaData, { clock, latelyMs })
  return {
    platform,
    kafkaData: clusters.now,
    lately: clusters.lately,
    kafkaService,
    clock,
    // What Heroku takes its time to make is looked at in a later pass; a worker does not stand and wait for it.
    patience: { firstMs: 250, ceilingMs: 1_000, withinMs: 3_000 },
    report: () => {},
  }
}

function hearingOf(hooks: ControllerConfig['hooks'], { webhooks }: Heroku): Hearing | undefined {
  return hooks === undefined || webhooks === undefined ? undefined : { ...hooks, webhooks }
}
