/** A process of the group, as the assignment looks at it. Tasks go by their names, such as `0_3`. */
export interface ClientFacts {
  /** A UUID. */
  readonly processId: string
  /** Its stream threads: how much it can carry. */
  readonly threads: number
  /** For every stateful task: records missing from what lies here, or one of the two words below. */
  readonly lags: ReadonlyMap<string, number>
  readonly tags: ReadonlyMap<string, string>
}

/** `Task.LATEST_OFFSET`: the task runs here. */
export const runsHere = -2
/** `SubscriptionInfo.UNKNOWN_OFFSET_SUM`. */
export const isUnknown = -3

/** A process, and what it was given so far. */
export class Client {
  readonly facts: ClientFacts
  readonly active = new Set<string>()
  readonly standby = new Set<string>()

  constructor(facts: ClientFacts) {
    this.facts = facts
  }

  get count(): number {
    return this.active.size + this.standby.size
  }

  /** Tasks per stream thread. */
  get load(): number {
    return this.count / this.facts.threads
  }

  get activeLoad(): number {
    return this.active.size / this.facts.threads
  }

  holds(task: string): boolean {
    return this.active.has(task) || this.standby.has(task)
  }

  lag(task: string): number {
    const lag = this.facts.lags.get(task)
    if (lag === undefined) throw new RangeError(`no lag is known for task ${task} of process ${this.facts.processId}`)
    return lag
  }
}

export function compareClients(one: Client, other: Client): number {
  return compareProcessIds(one.facts.processId, other.facts.processId)
}

/** As `UUID.compareTo` has it: two halves, each a signed number. */
function compareProcessIds(one: string, other: string): number {
  const [first, second] = [signedHalves(one), signedHalves(other)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** A text that sorts as the signed halves do: the sign bits are turned over. */
function signedHalves(uuid: string): string {
  const digits = uuid.replaceAll('-', '')
  const turned = (at: number): string => (Number.parseInt(digits.charAt(at), 16) ^ 8).toString(16)
  return turned(0) + digits.slice(1, 16) + turned(16) + digits.slice(17)
}
