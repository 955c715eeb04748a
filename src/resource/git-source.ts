import type { Static } from 'typebox'
import type { gitSourceSchema } from './git-source-schema.ts'

/** A GitSource with its defaults filled in. */
export type GitSource = Static<typeof gitSourceSchema>
