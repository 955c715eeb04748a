const dots = '•••'

/** A text that must not be shown. However it is printed, logged or made JSON of, it comes out as dots. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for the one call that needs it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return dots
  }

  toJSON(): string {
    return dots
  }

  /** What Node's `util.inspect`, and so `console.log`, shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return dots
  }
}
