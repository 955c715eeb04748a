/** Kafka Streams' `AssignorError.SHUTDOWN_REQUESTED`: in a subscription a wish, in an assignment the order to all. */
export const shutdownRequested = 4
