/** Lines for a person: finished ones stay, and on a terminal one that is not finished moves at the end. */
export class TerminalLines {
  readonly #write: (text: string) => void
  readonly #isTerminal: boolean
  #isMoving = false
  #tenth = -1
  #last = ''

  constructor(write: (text: string) => void, isTerminal: boolean) {
    this.#write = write
    this.#isTerminal = isTerminal
  }

  /** What was said last, moving or not. */
  get last(): string {
    return this.#last
  }

  line(text: string): void {
    this.#last = text
    if (this.#isMoving) this.#write(clearLine)
    this.#isMoving = false
    this.#write(`${text}\n`)
  }

  /** Replaced by what comes next. Where there is no terminal it is not shown. */
  moving(text: string): void {
    this.#last = text
    if (!this.#isTerminal) return
    this.#write(`${clearLine}${text}`)
    this.#isMoving = true
  }

  /** How far something is, from 0 to 1: moving on a terminal, elsewhere a line for each tenth. */
  progress(text: string, share: number): void {
    if (this.#isTerminal) return this.moving(text)
    const tenth = Math.floor(share * 10)
    if (tenth > this.#tenth) this.line(text)
    this.#tenth = Math.max(tenth, this.#tenth)
  }
}

const clearLine = '\r\u001B[K'
