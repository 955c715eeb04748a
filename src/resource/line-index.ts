/** Line and column of an offset, found in a table made once per file. */
export class LineIndex {
  readonly #starts: readonly number[]
  readonly #text: string

  constructor(text: string) {
    const starts = [0]
    for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
    this.#starts = starts
    this.#text = text
  }

  /** Both count from 1. */
  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }

  /** From an offset to the last visible character of its line. */
  endOfLine(offset: number): number {
    const { line } = this.at(offset)
    const next = this.#starts[line] ?? this.#text.length
    return Math.max(offset + 1, offset + this.#text.slice(offset, next).trimEnd().length)
  }
}
