/**
 * Writes test/fixtures/java-errors.jsonl: what Kafka Streams' handlers are asked, and which dead letters it writes.
 * Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/errors/generate.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'java-errors-'))
try {
  const [jars, classes] = [join(work, 'lib'), join(work, 'classes')]
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  execFileSync('javac', ['-cp', `${jars}/*`, '-d', classes, join(here, 'Errors.java')], { stdio: 'inherit' })
  const told = execFileSync('java', ['-cp', `${classes}:${jars}/*`, 'Errors'], { encoding: 'utf8' })
  writeFileSync(join(here, '../../fixtures/java-errors.jsonl'), told)
} finally {
  rmSync(work, { recursive: true, force: true })
}
