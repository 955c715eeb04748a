import { formatDuration } from '../../base/format-duration.ts'
import { streamsConfigVars } from '../../controller/desired/config-vars.ts'
import type { ExportedApp, ExportedTopic } from './exported-app.ts'

const weekMs = 7 * 24 * 3_600_000

/**
 * The StreamApp as `heroku` commands, for whoever wants to go on without Weirkeeper; run once, it makes what an apply makes.
 * `weir import script` reads them back. The cluster's prefix, which a basic plan has and a dedicated one has not, is asked for when it runs.
 */
export function herokuScript({ app, topics, dynos }: ExportedApp): string {
  const { app: heroku, applicationName, streams, process, kafka } = app.spec
  const cluster = kafka.addon === 'KAFKA' ? '' : ` ${quoted(kafka.addon)}`
  const vars = Object.entries(streamsConfigVars(applicationName, streams)).filter(([name]) => name !== applicationIdVar)
  const size = process.size === undefined ? '' : `:${process.size}`
  const compacted = topics.filter(({ cleanupPolicy }) => cleanupPolicy === 'compact')
  return [
    '#!/usr/bin/env bash',
    `# StreamApp/${app.metadata.name} as commands, to be run once.`,
    'set -e',
    `prefix=$(heroku config:get ${kafka.addon}_PREFIX --app ${heroku})`,
    ...topics.map((topic) => `heroku kafka:topics:create ${topic.name}${cluster}${topicFlags(topic)} --app ${heroku}`),
    ...(compacted.length === 0
      ? []
      : ['# Heroku lets compacted topics of a basic plan forget after a day, unless told not to.']),
    ...compacted.flatMap(({ name }) => [
      `until heroku kafka:topics:info ${name}${cluster} --app ${heroku} >/dev/null 2>&1; do sleep 2; done`,
      `heroku kafka:topics:retention-time ${name} disable${cluster} --app ${heroku}`,
    ]),
    '# Only a basic plan wants its consumer groups made, and only it has a prefix.',
    `if [ -n "$prefix" ]; then heroku kafka:consumer-groups:create ${applicationName}${cluster} --app ${heroku}; fi`,
    `heroku config:set ${[`${applicationIdVar}="\${prefix}${applicationName}"`, ...vars.map(([name, value]) => `${name}=${quoted(value)}`)].join(' ')} --app ${heroku}`,
    `heroku ps:scale ${process.type}=${dynos}${size} --app ${heroku}`,
    '',
  ].join('\n')
}

const applicationIdVar = 'STREAMS_APPLICATION_ID'

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
