import { objectAt, type ApiObject } from '../api-object.ts'
import { isJsonObject } from '../api-object.ts'
import type { JsonObject } from '../../record/record.ts'
import { ageColumn, nameColumn, textColumn, wide } from './columns.ts'
import { allVerbs, type ResourceKind } from './resource-kind.ts'
import { streamAppOpenapi } from './stream-app-openapi.ts'

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
  subresources: ['status', 'scale'],
  hasStatus: true,
  isCustom: true,
  schema: streamAppOpenapi,
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

interface Ready {
  readonly status: string
  readonly reason: string
  readonly message: string
}

function readyOf(object: ApiObject): Ready {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready')
  return { status: shown(ready?.['status']), reason: shown(ready?.['reason']), message: shown(ready?.['message']) }
}

function conditionsOf(object: ApiObject): readonly JsonObject[] {
  const { conditions } = objectAt(object, 'status')
  return Array.isArray(conditions) ? conditions.filter(isJsonObject) : []
}

function statusWord(object: ApiObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Deleting'
  return conditionsOf(object).length === 0 ? 'Pending' : readyOf(object).reason
}

function dynosOf(object: ApiObject): string {
  const { running, desired } = objectAt(objectAt(object, 'status'), 'dynos')
  return desired === undefined ? '-' : `${running === 'unknown' ? '?' : shown(running)}/${shown(desired)}`
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-'
}
