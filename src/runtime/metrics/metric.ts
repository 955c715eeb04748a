/** One value as Kafka's metrics have it: a group, a name and tags. Values that are text have no number to show. */
export interface MetricValue {
  readonly group: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly value: number | string
}

/** Each has what those before it have: Kafka's `Sensor.RecordingLevel`, by its number. */
export const recordingLevels = ['INFO', 'DEBUG', 'TRACE'] as const
export type RecordingLevel = (typeof recordingLevels)[number]

/** A metric before anybody measures it. */
export interface MetricKind {
  readonly group: string
  readonly name: string
  readonly tags: readonly string[]
  readonly level: RecordingLevel
  readonly about: string
}
