import { unreachable } from '../../base/unreachable.ts'
import type { JsonObject } from '../../record/record.ts'
import type { ApiObject } from '../api-object.ts'
import type { CachedObject, CacheEvent } from '../cache/cached-object.ts'
import type { Form } from '../http/media-type.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Listable, Selects } from '../objects/list-objects.ts'
import { partialOf, rowOf, tableOf, type IncludeObject } from '../table.ts'

/** How a watcher wants its events. Watchers of one form share the text of each event. */
export interface WatchForm {
  readonly form: Form
  readonly include: IncludeObject
  readonly kind: ResourceKind
}

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** What a change is to a watcher that sees only what its selector chooses. Undefined: nothing. */
export function seen(event: CacheEvent, isWatched: (object: CachedObject) => boolean): EventType | undefined {
  const was = event.before !== undefined && isWatched(event.before)
  const is = event.now !== undefined && isWatched(event.now)
  if (was) return is ? 'MODIFIED' : 'DELETED'
  return is ? 'ADDED' : undefined
}

export function watches(namespace: string | undefined, selects: Selects): (object: CachedObject) => boolean {
  return ({ key, object }) => (namespace === undefined || key.namespace === namespace) && selects(object)
}

/** The line of one event, made once for each form. */
export function lineOf(event: CacheEvent, type: EventType, form: WatchForm, nowMs: number): string {
  const id = `${type} ${form.form} ${form.include} ${form.kind.group}`
  const made = event.lines.get(id)
  if (made !== undefined) return made
  const line = makeLine(event, type, form, nowMs)
  event.lines.set(id, line)
  return line
}

function makeLine({ now, before, version }: CacheEvent, type: EventType, form: WatchForm, nowMs: number): string {
  if (now !== undefined && type !== 'DELETED') return changeLine(type, now, form, nowMs)
  const last = before ?? now
  if (last === undefined) return ''
  // What goes is told as it was last seen, at the version of its going.
  const { object } = last
  const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
  return `{"type":"DELETED","object":${shown(gone, form, { nowMs, withColumns: false })}}\n`
}

/** An object as it is, told as an event: the beginning of a watch, too. */
export function changeLine(type: EventType, { object: whole, json }: Listable, form: WatchForm, nowMs: number): string {
  const object = form.form === 'object' ? json : shown(whole, form, { nowMs, withColumns: false })
  return `{"type":"${type}","object":${object}}\n`
}

/** A table names its columns in the first event of a watch only. */
export function withColumns(line: string, form: WatchForm): string {
  if (form.form !== 'table') return line
  const { columnDefinitions } = tableOf([], form.kind, {}, true)
  return line.replace('"columnDefinitions":null', () => `"columnDefinitions":${JSON.stringify(columnDefinitions)}`)
}

function shown(
  object: ApiObject,
  form: WatchForm,
  how: { readonly nowMs: number; readonly withColumns: boolean },
): string {
  const { kind, include } = form
  switch (form.form) {
    case 'object':
      return JSON.stringify(object)
    case 'partial':
      return JSON.stringify(partialOf(object))
    case 'table': {
      const { resourceVersion = '' } = object.metadata
      return JSON.stringify(
        tableOf([rowOf(object, kind, { include, nowMs: how.nowMs })], kind, { resourceVersion }, how.withColumns),
      )
    }
    default:
      return unreachable(form.form)
  }
}

/** Tells up to where a watcher has seen everything, so that it can come back from there. */
export function bookmarkLine(version: number, form: WatchForm, isInitialEnd: boolean): string {
  const { group, version: apiVersion, kind } = form.kind
  const annotations = isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(version), creationTimestamp: null, ...annotations }
  const object = bookmarkObject(form, {
    kind,
    apiVersion: group === '' ? apiVersion : `${group}/${apiVersion}`,
    metadata,
  })
  return `{"type":"BOOKMARK","object":${JSON.stringify(object)}}\n`
}

function bookmarkObject({ form, kind }: WatchForm, object: JsonObject & { readonly metadata: JsonObject }): JsonObject {
  if (form === 'partial') return { ...object, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
  if (form === 'object') return object
  // kubectl reads the version from the one row's object.
  return { ...tableOf([], kind, {}, false), metadata: object.metadata, rows: [{ cells: [], object }] }
}
