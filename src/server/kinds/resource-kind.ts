import type { ApiObject } from '../api-object.ts'
import type { JsonObject } from '../../record/record.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'
export type Subresource = 'status' | 'scale' | 'plan' | 'token' | 'log'

/** One kind of the API, as data: routing, discovery, OpenAPI and tables all read it. */
export interface ResourceKind {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly isNamespaced: boolean
  readonly verbs: readonly Verb[]
  readonly subresources: readonly Subresource[]
  /** Its `spec` is its owner's and its `status` ours: each is written apart, and `generation` counts changes of the former. */
  readonly hasStatus: boolean
  /** Custom kinds take no strategic merge patch, and their PUT asks for a resourceVersion. */
  readonly isCustom: boolean
  readonly columns: readonly Column[]
  /** JSON Schema of the object, for OpenAPI and `kubectl explain`. */
  readonly schema: JsonObject
}

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly description: string
  /** Shown with `-o wide` only. */
  readonly isWide: boolean
  readonly cell: (object: ApiObject, nowMs: number) => string | number
}

export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

/** A kind as discovery lists it: what is kept, and the reviews, which are only asked. */
export type Listed = Pick<
  ResourceKind,
  'group' | 'version' | 'plural' | 'singular' | 'kind' | 'shortNames' | 'categories' | 'isNamespaced' | 'subresources'
> & { readonly verbs: readonly string[] }

export function apiVersionOf({ group, version }: Pick<ResourceKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

/** `streamapps.streams.weirkeeper.dev`, as messages name it. */
export function qualified({ group, plural }: Pick<ResourceKind, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** What a body may leave unsaid: that of a custom kind nothing, as the genuine API server has it. */
export function usualHead(kind: ResourceKind): { readonly apiVersion?: string; readonly kind?: string } {
  return kind.isCustom ? {} : { apiVersion: apiVersionOf(kind), kind: kind.kind }
}
