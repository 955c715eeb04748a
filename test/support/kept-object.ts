import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tidyFinalizer } from '../../src/controller/keep/keep-stream-app.ts'
import { asJson } from '../../src/record/as-json.ts'
import { declare, type KeptObject } from '../../src/record/object-life.ts'
import type { ControlRecord, ObjectKey } from '../../src/record/record.ts'
import { parseManifests } from '../../src/resource/parse-manifests.ts'

const manifest = readFileSync(new URL('../../manifests/word-count.yaml', import.meta.url))

type Spec = Readonly<Record<string, unknown>>

/** The word count of `manifests/`, as the control plane would keep it just after it was declared. */
export function keptWordCount(name = 'word-count', edit: (spec: Spec) => Spec = (spec) => spec): KeptObject {
  const [parsed] = parseManifests([{ name: 'word-count.yaml', bytes: manifest }]).apps
  assert.ok(parsed)
  const { apiVersion, kind, metadata, spec } = parsed.app
  const declaration = { apiVersion, kind, metadata: { ...metadata, name }, spec: asJson(edit(spec)) }
  return declare(undefined, declaration, { uid: `uid-of-${name}`, at: new Date(0), finalizers: [tidyFinalizer] })
}

export function keyOf({ kind, metadata: { namespace, name } }: KeptObject): ObjectKey {
  return { kind, namespace, name }
}

export async function storeKept(record: ControlRecord, object: KeptObject): Promise<void> {
  const [result] = await record.write([
    { kind: 'put', key: keyOf(object), body: asJson(object), expected: 'any', actor: 'test' },
  ])
  assert.ok(result?.kind === 'written' || result?.kind === 'unchanged')
}

export async function loadKept(record: ControlRecord, key: ObjectKey): Promise<KeptObject | undefined> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests keep nothing but what `storeKept` takes
  return (await record.get(key))?.body as KeptObject | undefined
}

/** `True Converged`, or `-` where the object has no such condition. */
export function conditionOf(
  object: KeptObject | undefined,
  type: string,
): Readonly<Record<'status' | 'reason' | 'message', string>> {
  const conditions: unknown = object?.status?.['conditions'] ?? []
  assert.ok(Array.isArray(conditions))
  const found: unknown = conditions.find((condition: Readonly<Record<string, string>>) => condition['type'] === type)
  const none = { status: '-', reason: '-', message: '' }
  return typeof found === 'object' && found !== null ? { ...none, ...found } : none
}

/** Who owns fields of an object: `weirkeeper-controller Update status`. */
export function ownersOf(object: KeptObject | undefined): readonly string[] {
  const { managedFields = [] } = JSON.parse(JSON.stringify(object?.metadata ?? {}))
  return managedFields.map(({ manager, operation, subresource = '' }: Readonly<Record<string, string>>) =>
    `${manager} ${operation} ${subresource}`.trim(),
  )
}
