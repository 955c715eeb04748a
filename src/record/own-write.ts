import { asJson } from './as-json.ts'
import { ownSchemas } from './kinds/own-schemas.ts'
import { typingOfKind } from './managed-fields/typing-of-schema.ts'
import { updateManagedFields } from './managed-fields/update-managed-fields.ts'
import type { KeptObject } from './object-life.ts'

/** Who writes without asking the API, by the names that `metadata.managedFields` shows. */
type Writer = 'weirkeeper-controller' | 'weirkeeper-git' | 'weirkeeper-webhook'

interface OwnWrite {
  /** Undefined: it is made. */
  readonly before: KeptObject | undefined
  readonly after: KeptObject
  readonly writer: Writer
  /** Empty: the object itself. */
  readonly subresource: '' | 'status'
  readonly at: Date
}

const typings = {
  StreamApp: typingOfKind(ownSchemas.StreamApp),
  GitSource: typingOfKind(ownSchemas.GitSource),
} as const

/**
 * `after` with its `managedFields`, as a PUT over the API would have it: what the writer changed is its own now. Asked for
 * only when there is something to write, since a changed field brings a new time.
 */
export function ownWrite({ before, after, writer, subresource, at }: OwnWrite): KeptObject {
  const typing = after.kind === 'GitSource' ? typings.GitSource : typings.StreamApp
  const owned = updateManagedFields({
    before: before === undefined ? undefined : asJson(before),
    after: asJson(after),
    manager: writer,
    subresource,
    at,
    typing,
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its managedFields are others
  return owned as unknown as KeptObject
}
