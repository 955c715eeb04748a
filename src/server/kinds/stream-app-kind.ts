import { ownSchemas } from '../../record/kinds/own-schemas.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import { ageColumn, nameColumn, textColumn, wide } from './columns.ts'
import { allVerbs, type ResourceKind } from './resource-kind.ts'
import { readyOf, shown, statusWord } from './conditions.ts'

export const streamAppKind: ResourceKind = {
  group: 'streams.weirkeeper.dev',
  version: 'v1alpha1',
  plural: 'streamapps',
  singular: 'streamapp',
  kind: 'StreamApp',
  shortNames: ['sapp'],
  categories: ['all', 'streams'],
  isNamespaced: true,
  verbs: allVerbs,
  subresources: ['status', 'scale', 'plan'],
  hasStatus: true,
  isCustom: true,
  schema: ownSchemas.StreamApp,
  columns: [
    nameColumn,
    textColumn('Ready', 'True: all is as asked, read back and seen.', (object) => readyOf(object).status),
    textColumn('Status', 'Why it is, or is not, ready.', statusWord),
    textColumn('Dynos', 'Running, of those asked for.', dynosOf),
    textColumn('Tasks', 'Stream tasks there are.', (object) => shown(objectAt(object, 'status')['tasks'])),
    textColumn('App', 'Heroku app that runs the workers.', (object) => shown(objectAt(object, 'spec')['app'])),
    ageColumn,
    wide(
      textColumn('Application-Id', 'application.id, with the prefix of the cluster.', (object) =>
        shown(objectAt(object, 'status')['applicationId']),
      ),
    ),
    wide(
      textColumn('Threads', 'Stream threads a dyno.', (object) =>
        shown(objectAt(objectAt(object, 'spec'), 'streams')['threads']),
      ),
    ),
    wide(textColumn('Message', 'What is to be known, or done.', (object) => readyOf(object).message)),
  ],
}

function dynosOf(object: ApiObject): string {
  const { running, desired } = objectAt(objectAt(object, 'status'), 'dynos')
  return desired === undefined ? '-' : `${running === 'unknown' ? '?' : shown(running)}/${shown(desired)}`
}
