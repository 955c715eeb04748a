/** How far records are behind the stream time of their task, in milliseconds. */
export class Lateness {
  records = 0
  sumMs = 0
  maxMs = 0

  add(ms: number): void {
    this.records += 1
    this.sumMs += ms
    if (ms > this.maxMs) this.maxMs = ms
  }
}
