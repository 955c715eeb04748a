import { TerminalLines } from '../../src/local/terminal-lines.ts'

/** What the demo shows: a line for each step. */
export class Screen extends TerminalLines {
  readonly #now: () => number
  readonly #startedMs: number

  constructor(write: (text: string) => void, isTerminal: boolean, now: () => number) {
    super(write, isTerminal)
    this.#now = now
    this.#startedMs = now()
  }

  done(step: string, text: string): void {
    this.line(`✔ ${step.padEnd(10)} ${text}`)
  }

  begin(step: string, text: string): void {
    this.line(`► ${step.padEnd(10)} ${text}`)
  }

  get elapsed(): string {
    return seconds(this.#now() - this.#startedMs)
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** 12 345, with a narrow space. */
export const grouped = (number: number): string => number.toString().replace(/\B(?=(\d{3})+$)/g, '\u2009')
