import { Type } from 'typebox'
import { closed } from './schema-words.ts'

export const apiVersion = 'streams.weirkeeper.dev/v1alpha1'

/** The kinds that people write. */
export const kinds = ['StreamApp', 'GitSource'] as const
export type Kind = (typeof kinds)[number]

/** What every manifest begins with. */
export function headOf<const K extends Kind>(kind: K) {
  return {
    apiVersion: Type.Unsafe<typeof apiVersion>({
      type: 'string',
      enum: [apiVersion],
      description: 'Version of this format.',
    }),
    kind: Type.Unsafe<K>({ type: 'string', enum: [kind], description: 'What this is.' }),
  }
}

const annotationWords: Readonly<Record<Kind, string>> = {
  StreamApp: 'Your own notes; nothing reads them.',
  GitSource:
    'Your own notes, and what you agree to: `streams.weirkeeper.dev/confirm` and `streams.weirkeeper.dev/adopt`.',
}

/** How every object is called. */
export function metadataOf(kind: Kind) {
  return closed(
    {
      name: Type.String({
        description: `Name of this ${kind}: lower-case letters, digits, dashes and dots.`,
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
        maxLength: 253,
        format: 'resource-name',
        'x-change': 'cannot',
      }),
      namespace: Type.String({
        description: `Groups ${kind}s; a name is unique within it.`,
        pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
        maxLength: 63,
        format: 'resource-name',
        default: 'default',
        'x-change': 'cannot',
      }),
      labels: Type.Optional(
        Type.Record(Type.String(), Type.String(), { description: 'Your own marks, to select by.' }),
      ),
      annotations: Type.Optional(Type.Record(Type.String(), Type.String(), { description: annotationWords[kind] })),
    },
    { description: `What this ${kind} is called.` },
  )
}
