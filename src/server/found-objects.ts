import { asJson } from '../record/as-json.ts'
import type { Write } from '../record/record.ts'
import { timestamp, type ApiObject } from './api-object.ts'
import { admit } from './admit/admit.ts'
import { definitionOf } from './kinds/definition.ts'
import { namespaceKind } from './kinds/core-kinds.ts'
import { gitSourceKind } from './kinds/git-source-kind.ts'
import { streamAppKind } from './kinds/stream-app-kind.ts'
import type { ServerSurroundings } from './http/server-surroundings.ts'
import { objectAt } from './api-object.ts'

/** What is there before anybody declares anything: the namespace `default`, and how our kinds are defined. */
export async function foundObjects({ record, nowMs, newUid }: ServerSurroundings): Promise<void> {
  const born = { uid: newUid(), creationTimestamp: timestamp(nowMs()) }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', ...born } }
  const admitted = admit(namespaceKind, { object: namespace, current: undefined, fieldValidation: 'Ignore' })
  const definitions = await Promise.all(
    [streamAppKind, gitSourceKind].map((kind) =>
      definitionWrite(definitionOf(kind), record, { ...born, uid: newUid() }),
    ),
  )
  await record.write([put(admitted.object, 'absent'), ...definitions])
}

/** The definition as this program serves it: a newer one replaces it, and is the same object. */
async function definitionWrite(
  definition: ApiObject,
  record: ServerSurroundings['record'],
  born: { readonly uid: string; readonly creationTimestamp: string },
): Promise<Write> {
  const kept = await record.get({ kind: definition.kind, namespace: '', name: definition.metadata.name })
  const { uid, creationTimestamp } = { ...born, ...objectAt(kept?.body, 'metadata') }
  return put(
    {
      ...definition,
      metadata: {
        ...definition.metadata,
        uid,
        creationTimestamp,
        generation: 1,
      },
    },
    'any',
  )
}

function put(object: ApiObject, expected: Write['expected']): Write {
  const key = { kind: object.kind, namespace: '', name: object.metadata.name }
  return { kind: 'put', key, expected, actor: 'server', body: asJson(object) }
}
