import type { Static } from 'typebox'
import type { streamAppSchema } from './stream-app-schema.ts'

type Written = Static<typeof streamAppSchema>

/** A StreamApp with its defaults filled in. What is optional here is not managed when it is left out. */
export type StreamApp = Omit<Written, 'spec'> & { readonly spec: StreamAppSpec }

export type StreamAppSpec = Omit<Written['spec'], 'applicationName'> & {
  /** Left out in the file: `metadata.name`. */
  readonly applicationName: string
}

export type TopologySpec = StreamAppSpec['topology']
export type TopicSpec = StreamAppSpec['topics'][number]
