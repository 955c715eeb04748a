/**
 * Writes test/fixtures/java-smoke-test.json.br: what Kafka's own SmokeTest topology writes to every topic for one script.
 * Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/smoke-test/generate.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'java-smoke-test-'))
try {
  const [jars, classes, told] = [join(work, 'lib'), join(work, 'classes'), join(work, 'told.json')]
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  execFileSync('javac', ['-cp', `${jars}/*`, '-d', classes, join(here, 'SmokeTest.java')], { stdio: 'inherit' })
  execFileSync('java', ['-cp', `${classes}:${jars}/*`, 'SmokeTest', told, join(work, 'state')], { stdio: 'ignore' })
  writeFileSync(join(here, '../../fixtures/java-smoke-test.json.br'), brotliCompressSync(readFileSync(told)))
} finally {
  rmSync(work, { recursive: true, force: true })
}
