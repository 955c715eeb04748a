/** What the demo shows: one line per step when it is done, and on a terminal one that moves while it is not. */
export class Screen {
  readonly #write: (text: string) => void
  readonly #isTerminal: boolean
  readonly #now: () => number
  readonly #startedMs: number
  #moving = false

  constructor(write: (text: string) => void, isTerminal: boolean, now: () => number) {
    this.#write = write
    this.#isTerminal = isTerminal
    this.#now = now
    this.#startedMs = now()
  }

  line(text: string): void {
    this.#settle()
    this.#write(`${text}\n`)
  }

  done(step: string, text: string): void {
    this.line(`✔ ${step.padEnd(10)} ${text}`)
  }

  begin(step: string, text: string): void {
    this.line(`► ${step.padEnd(10)} ${text}`)
  }

  /** Replaced by what comes next. */
  moving(text: string): void {
    if (!this.#isTerminal) return
    this.#write(`\r\u001B[K  ${text}`)
    this.#moving = true
  }

  get elapsed(): string {
    return seconds(this.#now() - this.#startedMs)
  }

  #settle(): void {
    if (this.#moving) this.#write('\r\u001B[K')
    this.#moving = false
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
export const grouped = (number: number): string => number.toString().replace(/\B(?=(\d{3})+$)/g, '\u2009')
