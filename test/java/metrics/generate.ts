/**
 * Writes test/fixtures/java-metrics.jsonl: every metric that Kafka Streams registers, by group, name and tags, and what it
 * measures of a few records from one end to the other. Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/metrics/generate.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'java-metrics-'))
try {
  const [jars, classes] = [join(work, 'lib'), join(work, 'classes')]
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  execFileSync('javac', ['-nowarn', '-cp', `${jars}/*`, '-d', classes, join(here, 'Metrics.java')], {
    stdio: 'inherit',
  })
  const run = ['-cp', `${classes}:${jars}/*`, 'Metrics', join(work, 'state')]
  writeFileSync(join(here, '../../fixtures/java-metrics.jsonl'), execFileSync('java', run, { encoding: 'utf8' }))
} finally {
  rmSync(work, { recursive: true, force: true })
}
