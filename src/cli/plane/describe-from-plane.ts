import { dump } from 'js-yaml'
import { fieldsOf } from '../../base/fields-of.ts'
import { systemClock } from '../../host/system-clock.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { withoutManagedFields } from '../output/print-objects.ts'
import { renderTable } from '../render-table.ts'
import { objectOf, type PlaneAsked } from './declared-object.ts'
import { listOf, textOf, viewOf, wordOf, type KeptView } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { ageText, eventTable, planeEvents, type EventView } from './plane-events.ts'
import { typedObjects, type PlaneKind } from './plane-kind.ts'
import { objectPath, objectTitle, type PlaneObject } from './plane-object.ts'
import { sayObjectFailure } from './say-object-failure.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'

/** `weir describe [KIND] NAME…`: all that the control plane knows of it, its events last. */
export async function describeFromPlane({ words, declared }: PlaneAsked, work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, given, around } = work
  const typed = await typedObjects(words, client, around.signal)
  if (!typed.ok) return sayPlaneFailure('weir describe', typed.error, around)
  const named = typed.value.flatMap(({ kind, names }) => names.map((name) => ({ kind, namespace, name })))
  const objects: readonly PlaneObject[] = [...named, ...declared.map(objectOf)]
  if (objects.length === 0) {
    around.stderr.write('weir describe: name a StreamApp: weir describe word-count\n')
    return exitCodes.invalid
  }
  const seen: Described[] = []
  for (const object of objects) {
    const found = await look(object, work)
    if (typeof found === 'number') return found
    seen.push(found)
  }
  around.stdout.write(
    given.options['output'] === 'json'
      ? `${JSON.stringify(seen.map(describedJson), undefined, 2)}\n`
      : seen.map((one) => textOfDescribed(one, systemClock.now())).join('\n'),
  )
  return exitCodes.ok
}

interface Described {
  readonly kind: PlaneKind
  readonly body: unknown
  readonly events: readonly EventView[]
}

async function look(object: PlaneObject, work: PlaneWork): Promise<Described | ExitCode> {
  const { client, around } = work
  const reply = await client.ask({ method: 'GET', path: objectPath(object) }, around.signal)
  if (!reply.ok) return sayObjectFailure(object, reply.error, work)
  const { kind, namespace, name } = object
  const events = await planeEvents(client, { namespace, name, kind: kind.kind }, around.signal)
  if (!events.ok) return sayPlaneFailure(objectTitle(object), events.error, around)
  return { kind, body: reply.value.body, events: events.value }
}

function describedJson({ body, events }: Described): object {
  return { object: withoutManagedFields(withoutSecrets(body)), events }
}

function textOfDescribed({ kind, body, events }: Described, nowMs: number): string {
  if (kind.kind === 'StreamApp') return description(viewOf(body), events, nowMs)
  const table = eventTable(events, nowMs).trimEnd()
  const text = dump(withoutManagedFields(withoutSecrets(body)), { lineWidth: -1 })
  return `${text}Events:\n${table === '' ? '  <none>' : table}\n`
}

/** What a Secret holds is nobody's to read over a shoulder; `get -o yaml` is for whoever must. */
function withoutSecrets(body: unknown): unknown {
  const object = fieldsOf(body)
  if (object['kind'] !== 'Secret') return body
  const names = Object.keys({ ...fieldsOf(object['data']), ...fieldsOf(object['stringData']) })
  return { ...object, data: Object.fromEntries(names.map((name) => [name, '•••'])) }
}

function description(view: KeptView, events: readonly EventView[], nowMs: number): string {
  const { status } = view
  const dynos = fieldsOf(status['dynos'])
  return [
    `Name:         ${view.name}`,
    `Namespace:    ${view.namespace}`,
    `Generation:   ${view.generation}, observed ${view.observedGeneration ?? 'none'}${view.isBeingDeleted ? ', being deleted' : ''}`,
    `Application:  ${textOf(status['applicationId']) || '<unknown>'}`,
    `Tasks:        ${wordOf(status['tasks'], '<unknown>')}`,
    `Dynos:        ${wordOf(dynos['running'], 'unknown')} of ${wordOf(dynos['desired'], '?')} run, at most ${wordOf(dynos['cap'], '?')} useful`,
    'Conditions:',
    renderTable(
      [
        ['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'],
        ...view.conditions.map(({ type, status: is, reason, since, message }) => [
          type,
          is,
          reason,
          ageText(since, nowMs),
          message,
        ]),
      ],
      '  ',
    ).trimEnd(),
    'Keeps:',
    ...listOf(status['inventory']).map((item) => `  ${inventoryLine(fieldsOf(item))}`),
    ...historyLines(listOf(status['history']), nowMs),
    'Spec:',
    dump(view.spec, { lineWidth: -1 }).trimEnd().replaceAll(/^/gm, '  '),
    'Events:',
    eventTable(events, nowMs).trimEnd() || '  <none>',
    '',
  ].join('\n')
}

/** What became of the last generations. Objects that were never looked at have none. */
function historyLines(history: readonly unknown[], nowMs: number): readonly string[] {
  if (history.length === 0) return []
  const rows = history
    .map(fieldsOf)
    .map(({ generation, seenAt, levelAt, outcome, changes, healed }) => [
      wordOf(generation, '?'),
      ageText(textOf(seenAt), nowMs),
      textOf(levelAt) === '' ? '<not yet>' : ageText(textOf(levelAt), nowMs),
      textOf(outcome),
      wordOf(changes, '0'),
      wordOf(healed, '0'),
    ])
  const head = ['GENERATION', 'DECLARED', 'LEVEL', 'OUTCOME', 'CHANGES', 'HEALED']
  return ['History:', renderTable([head, ...rows], '  ').trimEnd()]
}

function inventoryLine({ kind, role, name, app, type }: Readonly<Record<string, unknown>>): string {
  switch (kind) {
    case 'topic':
      return `${role === 'user' ? '' : `${String(role)} `}topic ${String(name)}`
    case 'configVar':
      return `config var ${String(name)} of ${String(app)}`
    case 'formation':
      return `dynos ${String(type)} of ${String(app)}`
    default:
      return `${String(kind)} ${String(name)}`
  }
}
