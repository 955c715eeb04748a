import { formatDuration } from '../base/format-duration.ts'
import type { DesiredTopic } from '../controller/desired/desired.ts'
import { describeChange } from '../controller/plan/describe-change.ts'
import type { ClusterTopic } from '../heroku/kafka-data.ts'
import type { GroupLook } from './look-at-group.ts'
import type { Look } from './look.ts'
import { renderTable } from './render-table.ts'
import type { Palette } from './terminal.ts'

/** Everything of one StreamApp, for a person. What could not be seen says so. */
export function renderDescribe(look: Look, group: GroupLook, paint: Palette): string {
  const { app, found, status } = look
  return [
    renderTable([
      ['Name:', app.metadata.name],
      ['Namespace:', app.metadata.namespace],
      ['Heroku app:', app.spec.app],
      [
        'Kafka:',
        `${found.observed.attachment.name} (${found.observed.attachment.addon.name}, ${found.observed.attachment.plan})`,
      ],
      ['Application id:', status.applicationId ?? 'unknown'],
      ['Tasks:', `${status.tasks ?? 'unknown'} (useful dyno counts: ${found.desired.tasks.usefulSizes.join(', ')})`],
      [
        'Dynos:',
        `${status.dynos.running} running, ${status.dynos.desired} asked for, ${status.dynos.cap} at most useful`,
      ],
    ]),
    section('Conditions', paint),
    renderTable(
      [
        ['TYPE', 'STATUS', 'REASON', 'MESSAGE'],
        ...status.conditions.map(({ type, status: is, reason, message }) => [type, is, reason, message]),
      ],
      '  ',
    ),
    section('Topics', paint),
    renderTable(
      [
        ['NAME', 'ROLE', 'PARTITIONS', 'CLEANUP', 'KEEPS'],
        ...found.desired.topics.map((topic) => topicRow(topic, found.observed.topics.get(topic.name))),
      ],
      '  ',
    ),
    section('Group', paint),
    groupText(group),
    section('Dynos', paint),
    dynosText(look),
    ...notes(look, paint),
    '\n',
  ].join('')
}

function section(title: string, paint: Palette): string {
  return `\n${paint.bold(`${title}:`)}\n`
}

function topicRow({ name, role, partitions }: DesiredTopic, live: ClusterTopic | undefined): readonly string[] {
  if (live === undefined) return [name, role, `${partitions} asked for`, 'missing', '']
  if (live.partitions === 0) return [name, role, `${partitions} asked for`, 'being made', '']
  const keeps =
    live.cleanupPolicy === 'compact'
      ? 'newest of each key'
      : live.retentionMs === null
        ? 'for ever'
        : formatDuration(live.retentionMs)
  return [name, role, String(live.partitions), live.cleanupPolicy, keeps]
}

function groupText(look: GroupLook): string {
  if (look.kind === 'unknown') return `  unknown: ${look.why}\n`
  const { group, lag, partitions } = look
  const members = group.members.map(({ clientId, host }) => [clientId, host])
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, all]) => {
    const waiting = all.some(({ records }) => records === 'unknown')
      ? 'unknown'
      : String(all.reduce((sum, { records }) => sum + Number(records), 0))
    return [topic, String(all.length), waiting]
  })
  return [
    `  ${stateText(look)}, lag ${lag}\n`,
    topics.length === 0 ? '' : renderTable([['TOPIC', 'PARTITIONS', 'LAG'], ...topics], '  '),
    members.length === 0 ? '' : renderTable([['MEMBER', 'HOST'], ...members], '  '),
  ].join('')
}

function stateText({ group: { state, members } }: Extract<GroupLook, { readonly kind: 'seen' }>): string {
  if (state === 'Dead') return 'nobody has joined yet'
  return `${state}, ${members.length} ${members.length === 1 ? 'member' : 'members'}`
}

function dynosText({ dynos, app }: Look): string {
  if (dynos === 'unknown') return '  unknown: Heroku did not answer\n'
  const ours = dynos.filter(({ type }) => type === app.spec.process.type)
  if (ours.length === 0) return '  none\n'
  return renderTable(
    [
      ['NAME', 'STATE', 'RELEASE'],
      ...ours.map(({ name, state, releaseVersion }) => [name, state, `v${releaseVersion}`]),
    ],
    '  ',
  )
}

function notes({ found: { plan } }: Look, paint: Palette): string[] {
  return [
    ...plan.changes.map((change) => `\n${paint.yellow('~')} still to be applied: ${describeChange(change).what}`),
    ...plan.refusals.map(({ message }) => `\n${paint.red('✗')} ${message}`),
    ...plan.warnings.map(({ message }) => `\n${paint.yellow('!')} ${message}`),
  ]
}

/** The object with its status, as an API would give it, and beside it what only a look at Kafka tells. */
export function lookJson({ app, status, dynos, found }: Look, group: GroupLook): unknown {
  return {
    ...app,
    status,
    live: {
      dynos: dynos === 'unknown' ? dynos : dynos.filter(({ type }) => type === app.spec.process.type),
      topics: found.desired.topics.map(({ name, role }) => ({ role, name, ...found.observed.topics.get(name) })),
      group:
        group.kind === 'seen'
          ? { ...group.group, lag: group.lag, partitions: group.partitions }
          : { unknown: group.why },
      warnings: found.plan.warnings,
    },
  }
}
