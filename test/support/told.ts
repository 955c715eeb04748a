/** What a client of a watch has told, in order. A test that waits for a line goes on as soon as it is there. */
export class Told {
  readonly lines: string[] = []
  readonly #waiting = new Map<string, () => void>()

  tell(line: string): void {
    this.lines.push(line)
    this.#waiting.get(line)?.()
  }

  /** Throws where it has not been told within twenty seconds. */
  heard(line: string): Promise<void> {
    if (this.lines.includes(line)) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = setTimeout(() => reject(new Error(`"${line}" never came; told: ${this.lines.join(', ')}`)), 20_000)
    this.#waiting.set(line, () => {
      clearTimeout(late)
      resolve()
    })
    return promise
  }
}
