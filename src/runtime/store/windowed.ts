/** A key within a stretch of time: Kafka's `Windowed`. Prints as `[key@start/end]`. */
export class Windowed<K> {
  readonly key: K
  readonly window: Window

  constructor(key: K, window: Window) {
    this.key = key
    this.window = window
  }

  toString(): string {
    return `[${String(this.key)}@${this.window.start}/${this.window.end}]`
  }
}

/** Milliseconds since the epoch. The end of a time window is outside it, that of a session or a sliding window inside. */
export interface Window {
  readonly start: number
  readonly end: number
}
