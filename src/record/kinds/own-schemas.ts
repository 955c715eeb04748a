import { gitSourceSchema } from '../../resource/git-source-schema.ts'
import { streamAppSchema } from '../../resource/stream-app-schema.ts'
import { manifestOpenapi } from './manifest-openapi.ts'
import { gitSourceStatus, streamAppStatus } from './status-schemas.ts'

/** Our own kinds as OpenAPI has them: whoever writes one, whether over the API or not, owns fields by these. */
export const ownSchemas = {
  StreamApp: manifestOpenapi(streamAppSchema, streamAppStatus),
  GitSource: manifestOpenapi(gitSourceSchema, gitSourceStatus),
} as const
