/**
 * Writes test/fixtures/java-registry-bodies.txt: values in the bytes of Apache Avro and of Google Protobuf for Java.
 * Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/registry/generate.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'java-registry-'))
try {
  const [jars, classes] = [join(work, 'lib'), join(work, 'classes')]
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  execFileSync('javac', ['-encoding', 'UTF-8', '-cp', `${jars}/*`, '-d', classes, join(here, 'Bodies.java')], {
    stdio: 'inherit',
  })
  const told = execFileSync('java', ['-cp', `${classes}:${jars}/*`, 'Bodies'], { encoding: 'utf8' })
  writeFileSync(join(here, '../../fixtures/java-registry-bodies.txt'), told)
} finally {
  rmSync(work, { recursive: true, force: true })
}
