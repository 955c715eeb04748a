/** A topology that cannot be: Kafka's `TopologyException`, with its words. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'

  constructor(message: string) {
    super(`Invalid topology: ${message}`)
  }
}

/** Something Kafka Streams has and this runtime has not. */
export class NotBuiltError extends Error {
  override readonly name = 'NotBuiltError'

  constructor(what: string, instead: string) {
    super(`${what} is not built yet in this runtime. ${instead}`)
  }
}
