import { ownSchemas } from '../../record/kinds/own-schemas.ts'
import { objectAt } from '../api-object.ts'
import { ageColumn, nameColumn, textColumn, wide } from './columns.ts'
import { readyOf, shown, statusWord } from './conditions.ts'
import { allVerbs, type ResourceKind } from './resource-kind.ts'

export const gitSourceKind: ResourceKind = {
  group: 'streams.weirkeeper.dev',
  version: 'v1alpha1',
  plural: 'gitsources',
  singular: 'gitsource',
  kind: 'GitSource',
  shortNames: ['gitsrc'],
  categories: ['streams'],
  isNamespaced: true,
  verbs: allVerbs,
  subresources: ['status'],
  hasStatus: true,
  isCustom: true,
  schema: ownSchemas.GitSource,
  columns: [
    nameColumn,
    textColumn('Ready', 'True: the newest commit is declared.', (object) => readyOf(object).status),
    textColumn('Status', 'Why it is, or is not, ready.', statusWord),
    textColumn('Commit', 'The commit that is declared.', (object) =>
      shown(objectAt(object, 'status')['appliedCommit']).slice(0, 10),
    ),
    textColumn('Url', 'The repository.', (object) => shown(objectAt(object, 'spec')['url'])),
    ageColumn,
    wide(textColumn('Branch', 'The branch.', (object) => shown(objectAt(object, 'spec')['branch']))),
    wide(textColumn('Path', 'The folder.', (object) => shown(objectAt(object, 'spec')['path']))),
    wide(textColumn('Message', 'What is to be known, or done.', (object) => readyOf(object).message)),
  ],
}
