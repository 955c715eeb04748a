/**
 * Writes test/fixtures/java-refusals.jsonl: topologies that cannot be, and the words with which Kafka Streams refuses each.
 * Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/refusals/generate.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'java-refusals-'))
try {
  const [jars, classes] = [join(work, 'lib'), join(work, 'classes')]
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  const sources = readdirSync(here).filter((name) => name.endsWith('.java'))
  const compile = ['-nowarn', '-cp', `${jars}/*`, '-d', classes, ...sources.map((name) => join(here, name))]
  execFileSync('javac', compile, { stdio: 'inherit' })
  const told = execFileSync('java', ['-cp', `${classes}:${jars}/*`, 'Refusals'], { encoding: 'utf8' })
  writeFileSync(join(here, '../../fixtures/java-refusals.jsonl'), told)
} finally {
  rmSync(work, { recursive: true, force: true })
}
