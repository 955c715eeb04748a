import { formatDuration } from '../../base/format-duration.ts'
import { streamsConfigVars } from '../../controller/desired/config-vars.ts'
import type { ExportedApp, ExportedTopic } from './exported-app.ts'

const weekMs = 7 * 24 * 3_600_000

/**
 * The StreamApp as `heroku` commands, for whoever wants to go on without
 * Weirkeeper. `weir import script` reads them back. Groups are made on basic
 * plans alone; `|| true` is not added, so a dedicated plan's refusal is seen.
 */
export function herokuScript({ app, topics, dynos }: ExportedApp): string {
  const { app: heroku, applicationName, streams, process, kafka } = app.spec
  const cluster = kafka.addon === 'KAFKA' ? '' : ` ${quoted(kafka.addon)}`
  const vars = Object.entries(streamsConfigVars(applicationName, streams))
  const size = process.size === undefined ? '' : `:${process.size}`
  return [
    '#!/usr/bin/env bash',
    `# StreamApp/${app.metadata.name} as commands. On a basic plan, put the value of ${kafka.addon}_PREFIX before STREAMS_APPLICATION_ID;`,
    '# on a dedicated plan, leave out the consumer group.',
    'set -e',
    ...topics.map((topic) => `heroku kafka:topics:create ${topic.name}${cluster}${topicFlags(topic)} --app ${heroku}`),
    `heroku kafka:consumer-groups:create ${applicationName}${cluster} --app ${heroku}`,
    `heroku config:set ${vars.map(([name, value]) => `${name}=${quoted(value)}`).join(' ')} --app ${heroku}`,
    `heroku ps:scale ${process.type}=${dynos}${size} --app ${heroku}`,
    '',
  ].join('\n')
}

/** Heroku has no word for ever; a week outlasts every outage that a repartition topic has to. */
function topicFlags({ partitions, cleanupPolicy, retentionMs }: ExportedTopic): string {
  const keepsMs = retentionMs === -1 ? weekMs : retentionMs
  const compaction = cleanupPolicy === 'delete' ? '' : ' --compaction'
  const retention =
    keepsMs === undefined || cleanupPolicy === 'compact' ? '' : ` --retention-time ${formatDuration(keepsMs)}`
  return ` --partitions ${partitions}${retention}${compaction}`
}

function quoted(value: string): string {
  return /^[\w.,:/=+-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}
