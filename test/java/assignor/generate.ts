/**
 * Writes test/fixtures/assignor/groups.json.gz: random groups, and how the real Kafka
 * Streams assigns their tasks. Needs a JDK and Maven; the test needs neither.
 *
 *   node test/java/assignor/generate.ts [SEED [GROUPS [FILE]]]
 *
 * Another file is played through with ASSIGNOR_GROUPS=FILE.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const here = import.meta.dirname
const [seed = '1', groups = '320', file = join(here, '../../fixtures/assignor/groups.json.gz')] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'assignor-'))
try {
  const jars = join(work, 'lib')
  const classes = join(work, 'classes')
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  execFileSync('javac', ['-cp', `${jars}/*`, '-d', classes, join(here, 'Assignor.java')], { stdio: 'inherit' })
  const ran = execFileSync('java', ['-cp', `${classes}:${jars}/*`, 'Assignor', seed, groups], { maxBuffer: 2 ** 30 })
  const cases = ran.toString().trimEnd().split('\n')
  writeFileSync(file, gzipSync(`[\n${cases.join(',\n')}\n]\n`, { level: 9 }))
  process.stdout.write(`${cases.length} assignments\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
