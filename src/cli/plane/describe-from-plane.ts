import { dump } from 'js-yaml'
import { systemClock } from '../../host/system-clock.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { renderTable } from '../render-table.ts'
import { fieldsOf, listOf, textOf, viewOf, wordOf, type KeptView } from './kept-view.ts'
import type { PlaneWork } from './plane-command.ts'
import { ageText, planeEvents, type EventView } from './plane-events.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'
import { streamAppPath } from './stream-app-path.ts'

/** `weir describe NAME…`: all that the control plane knows of it, its events last. */
export async function describeFromPlane(
  names: readonly string[],
  { client, namespace, around }: PlaneWork,
): Promise<ExitCode> {
  if (names.length === 0) {
    around.stderr.write('weir describe: name a StreamApp: weir describe word-count\n')
    return exitCodes.invalid
  }
  for (const name of names) {
    const reply = await client.ask({ method: 'GET', path: streamAppPath(namespace, name) }, around.signal)
    if (!reply.ok) return sayPlaneFailure(`StreamApp/${name}`, reply.error, around)
    const events = await planeEvents(client, { namespace, name }, around.signal)
    if (!events.ok) return sayPlaneFailure(`StreamApp/${name}`, events.error, around)
    around.stdout.write(description(viewOf(reply.value.body), events.value, systemClock.now()))
  }
  return exitCodes.ok
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

export function eventTable(events: readonly EventView[], nowMs: number): string {
  if (events.length === 0) return ''
  const rows = events.map(({ lastAt, type, reason, count, message }) => [
    count > 1 ? `${ageText(lastAt, nowMs)} (x${count})` : ageText(lastAt, nowMs),
    type,
    reason,
    message,
  ])
  return renderTable([['LAST SEEN', 'TYPE', 'REASON', 'MESSAGE'], ...rows], '  ')
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
