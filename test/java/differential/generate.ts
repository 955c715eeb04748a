/**
 * Writes test/fixtures/differential/*.jsonl.br: random programs, and what the real
 * Kafka Streams makes of them. Needs a JDK and Maven; the tests need neither.
 *
 *   node test/java/differential/generate.ts            all of them
 *   node test/java/differential/generate.ts NAME...    those named
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { generateProgram } from '../../support/program-generator.ts'
import { generateOperatorProgram } from '../../support/operator-generator.ts'
import { generateVersionedProgram } from '../../support/versioned-generator.ts'
import type { Outcome, Program } from '../../support/program.ts'

const fixtures: Readonly<Record<string, () => readonly Program[]>> = {
  described: () => range(10_000, 260).map((seed) => generateProgram(seed, { scripted: false })),
  scripted: () => range(1, 560).map((seed) => generateProgram(seed, { scripted: true })),
  'global-tables': () =>
    range(20_000, 120).map((seed) => generateProgram(seed, { scripted: true, family: 'global-tables' })),
  operators: () => range(30_000, 220).map(generateOperatorProgram),
  'foreign-keys': () =>
    range(30_000, 220).map((seed) => generateProgram(seed, { scripted: true, family: 'foreign-keys' })),
  versioned: () => range(20_000, 200).map(generateVersionedProgram),
}
const here = import.meta.dirname
const work = mkdtempSync(join(tmpdir(), 'differential-'))
try {
  const jars = join(work, 'lib')
  const classes = join(work, 'classes')
  const copy = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  execFileSync('mvn', copy, { stdio: 'inherit' })
  const sources = readdirSync(here).filter((name) => name.endsWith('.java'))
  execFileSync('javac', ['-cp', `${jars}/*`, '-d', classes, ...sources.map((name) => join(here, name))], {
    stdio: 'inherit',
  })
  const judge = (programs: readonly Program[]) => ask(`${classes}:${jars}/*`, programs)
  const wanted = process.argv.slice(2)
  for (const [name, programs] of Object.entries(fixtures))
    if (wanted.length === 0 || wanted.includes(name)) write(name, judge(programs()))
} finally {
  rmSync(work, { recursive: true, force: true })
}

function ask(classPath: string, programs: readonly Program[]): readonly { program: Program; java: Outcome }[] {
  const input = programs.map((program) => `${JSON.stringify(program)}\n`).join('')
  const ran = spawnSync('java', [`-Djava.io.tmpdir=${work}`, '-cp', classPath, 'Differential'], {
    input,
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  })
  const lines = ran.stdout.trimEnd().split('\n')
  return programs.map((program, index) => {
    const java: Outcome = JSON.parse(lines[index] ?? 'null')
    return { program, java }
  })
}

function write(name: string, cases: readonly { readonly java: Outcome }[]): void {
  // A program that fails in Java while it runs says nothing of what ours should do.
  const kept = cases.filter(({ java }) => java.error?.startsWith('StreamsException: ') !== true)
  const text = kept.map((entry) => JSON.stringify(entry)).join('\n')
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24 }
  writeFileSync(join(here, `../../fixtures/differential/${name}.jsonl.br`), brotliCompressSync(text, { params }))
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}
