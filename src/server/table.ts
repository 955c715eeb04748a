import type { ApiObject } from './api-object.ts'
import type { Json, JsonObject } from '../record/record.ts'
import type { ResourceKind } from './kinds/resource-kind.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** What `kubectl get` shows: rows of cells that the server has made. Kubernetes' `metav1.Table`. */
export function tableOf(
  rows: readonly JsonObject[],
  kind: ResourceKind,
  metadata: JsonObject,
  withColumns: boolean,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    // A watch names its columns once; `null` is how the API server leaves them out.
    columnDefinitions: withColumns ? kind.columns.map(definitionOf) : null,
    rows,
  }
}

function definitionOf({ name, type, description, isWide }: ResourceKind['columns'][number]): JsonObject {
  return { name, type, format: name === 'Name' ? 'name' : '', description, priority: isWide ? 1 : 0 }
}

export function rowOf(
  object: ApiObject,
  kind: ResourceKind,
  { include, nowMs }: { readonly include: IncludeObject; readonly nowMs: number },
): JsonObject {
  const cells: readonly Json[] = kind.columns.map(({ cell }) => cell(object, nowMs))
  const shown = { None: undefined, Metadata: partialOf(object), Object: object }[include]
  return shown === undefined ? { cells } : { cells, object: shown }
}

/** An object's metadata alone: what informers keep of objects they only count. */
export function partialOf({ metadata }: ApiObject): ApiObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}
