import { MemoryRecord } from '../record/memory-record.ts'
import type { KeptObject } from '../record/object-life.ts'
import type { ObjectKey } from '../record/record.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { chanceFrom } from './chance.ts'
import { FakeHeroku } from './fake-heroku.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Process } from './process.ts'
import {
  callTroubles,
  isCallTrouble,
  isNoticeTrouble,
  isRecordTrouble,
  type Disturbance,
  type NoticeTrouble,
  type RecordTrouble,
} from './trouble.ts'
import { VirtualClock } from './virtual-clock.ts'

/** One request that reached Heroku. */
export interface Request {
  readonly index: number
  readonly atMs: number
  readonly by: string
  readonly api: 'platform' | 'data'
  readonly isWrite: boolean
  /** `createTopic lines` */
  readonly what: string
  /** It changed something. */
  changed: boolean
}

/** What a person declared, as it was each time. */
export interface Declared {
  readonly key: ObjectKey
  readonly versions: StreamApp[]
  /** When it was last said. */
  saidAtMs: number
  isDeleted: boolean
  confirmed: boolean
}

export interface Lease {
  readonly holder: string
  readonly untilMs: number
}

/** Heroku's bucket of one account. */
const bucket = { capacity: 4_500, perMs: 75 / 60_000 }
const startMs = 1_800_000_000_000

/** All that one played plan is made of: time, Heroku, the record, what goes wrong, and what was seen. */
export class World {
  readonly plan: FaultPlan
  readonly clock = new VirtualClock(startMs)
  readonly heroku = new FakeHeroku(this.clock)
  readonly record = new MemoryRecord(this.clock)
  readonly chance: () => number
  readonly requests: Request[] = []
  readonly violations: string[] = []
  readonly declared = new Map<string, Declared>()
  /** Objects of the record as last written, by `printKey`-like name. */
  readonly kept = new Map<string, KeptObject>()
  readonly over = new AbortController()
  processes: Process[] = []
  lease: Lease = { holder: '', untilMs: 0 }
  /** Calls that Heroku does not answer now, by their `what`. */
  outage: RegExp | undefined
  /** What did not go wrong yet will not. */
  isCalm = false
  restarts = 0
  /** Writes that changed something in the record. */
  recordWrites = 0
  recordUses = 0
  notices = 0
  /** Until when somebody may still act on what is no longer so. */
  misledUntilMs = 0
  /** Somebody else changed something at this time. */
  meddledAtMs = 0
  /** The state before the last write, for looks that are late. */
  past: FakeHeroku | undefined
  staleLooks = new Map<string, number>()
  #tokens: number = bucket.capacity
  #countedAtMs = startMs
  #hasStaleLooks: boolean

  constructor(plan: FaultPlan) {
    this.plan = plan
    this.chance = chanceFrom(plan.seed)
    this.#hasStaleLooks = plan.troubles.some(({ kind }) => kind === 'stale')
    Object.assign(this.heroku.delays, { dynoMs: 3_000 })
  }

  get nowMs(): number {
    return this.clock.now()
  }

  violated(rule: string): void {
    if (this.violations.length < 20) this.violations.push(`${((this.nowMs - startMs) / 1000).toFixed(1)} s: ${rule}`)
  }

  callTrouble(index: number): Disturbance | undefined {
    if (this.isCalm) return undefined
    const found = this.plan.troubles.find(({ kind, at }) => at === index && isCallTrouble(kind))?.kind
    return found !== undefined && isCallTrouble(found) ? callTroubles[found] : undefined
  }

  recordTrouble(index: number): RecordTrouble | undefined {
    if (this.isCalm) return undefined
    const found = this.plan.troubles.find(({ kind, at }) => at === index && isRecordTrouble(kind))?.kind
    return found !== undefined && isRecordTrouble(found) ? found : undefined
  }

  noticeTrouble(index: number): NoticeTrouble | undefined {
    if (this.isCalm) return undefined
    const found = this.plan.troubles.find(({ kind, at }) => at === index && isNoticeTrouble(kind))?.kind
    return found !== undefined && isNoticeTrouble(found) ? found : undefined
  }

  /** What is about to be written over, for looks that come late. */
  remember(): void {
    if (this.#hasStaleLooks) this.past = this.heroku.copy()
  }

  /** Calls left to the account, by Heroku's own count. */
  get tokens(): number {
    const grown = (this.nowMs - this.#countedAtMs) * bucket.perMs
    this.#tokens = Math.min(bucket.capacity, this.#tokens + grown)
    this.#countedAtMs = this.nowMs
    return Math.floor(this.#tokens)
  }

  set tokens(left: number) {
    this.#tokens = left
    this.#countedAtMs = this.nowMs
  }
}

export function nameOf({ namespace, name }: Pick<ObjectKey, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}
