import { Type } from 'typebox'
import { headOf, metadataOf } from './head-schema.ts'
import { closed, count, duration } from './schema-words.ts'

const secretRef = closed(
  {
    name: Type.String({
      description:
        'Name of a Secret in the same namespace with `token`, or `username` and `password`: what the Git host asks for.',
      pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      maxLength: 253,
      format: 'resource-name',
      'x-change': 'nothing',
    }),
  },
  { description: 'What opens the repository. Left out: anybody may read it.' },
)

const spec = closed(
  {
    url: Type.String({
      description: 'Clone URL of the repository, over https.',
      examples: ['https://github.com/owner/repository.git'],
      minLength: 1,
      maxLength: 2000,
      format: 'git-url',
      'x-change': 'nothing',
    }),
    branch: Type.String({
      description: 'Branch whose newest commit is declared.',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9._/+-]*$',
      maxLength: 250,
      format: 'git-branch',
      default: 'main',
      'x-change': 'nothing',
    }),
    path: Type.String({
      description:
        'Folder of the repository that holds the manifests, with all folders below it. Every .yaml, .yml and .json file there is a manifest; names that begin with a dot are passed over.',
      pattern: '^[^/\\\\\\x00-\\x1f]+(/[^/\\\\\\x00-\\x1f]+)*/?$',
      maxLength: 1000,
      format: 'git-path',
      default: '.',
      'x-change': 'nothing',
    }),
    interval: duration({
      description: 'How often the branch is looked at, give or take a tenth. A webhook is heard at once.',
      default: '1m',
      'x-change': 'nothing',
    }),
    secretRef: Type.Optional(secretRef),
    prune: Type.Boolean({
      description:
        'Whether a StreamApp that this GitSource declared goes when its manifest is removed from the folder.',
      default: true,
      'x-change': 'nothing',
    }),
    maxDeletions: count({
      description:
        'A commit that removes more StreamApps than this, or more than half of several, waits until somebody agrees to it. So does one that removes all.',
      minimum: 0,
      maximum: 1000,
      default: 3,
      'x-change': 'nothing',
    }),
    suspend: Type.Boolean({
      description: 'true: read nothing and declare nothing until this is false again.',
      default: false,
      'x-change': 'nothing',
    }),
  },
  { description: 'Where the manifests are, and how they are followed.' },
)

/** The one source of the kind: its type, validation, defaults and reference page. */
export const gitSourceSchema = closed(
  {
    ...headOf('GitSource'),
    metadata: metadataOf('GitSource'),
    spec,
    status: Type.Optional(
      Type.Unknown({ description: 'What was found; written by Weirkeeper, ignored when you write it.' }),
    ),
  },
  {
    description: 'A folder of a Git repository whose newest commit says which StreamApps there are in the namespace.',
  },
)
