import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { buildProgram, type Outcome, type Program, runProgram, withTimesOf } from '../support/program.ts'

interface Case {
  readonly program: Program
  readonly java: Outcome
}

/** Operators with programs of their own, and how many of them Java runs at least. */
const families: Readonly<Record<string, number>> = {
  'global-tables': 100,
  'foreign-keys': 200,
  operators: 100,
  versioned: 140,
}

describe('what the real Kafka Streams 4.3.1 makes of random programs', () => {
  it('is described in the same text', () => {
    const cases = read('described').filter(({ java }) => java.error === undefined)
    assert.ok(cases.length >= 200)
    for (const { program, java } of cases) assert.equal(buildProgram(program).describe(), java.describe, said(program))
  })

  it('has the same bytes and times on every topic, changelogs and repartition topics included', () => {
    const cases = read('scripted').filter(({ java }) => java.error === undefined)
    assert.ok(cases.length >= 500)
    for (const { program, java } of cases) {
      const ours = runProgram(program)
      assert.deepEqual(withTimesOf(java, ours), { ...java.topics }, said(program))
      assert.equal(ours.describe, java.describe, said(program))
    }
  })

  for (const [family, least] of Object.entries(families))
    it(`has the same text and bytes with ${family}`, () => {
      const cases = read(family).filter(({ java }) => java.error === undefined)
      assert.ok(cases.length >= least, String(cases.length))
      for (const { program, java } of cases) {
        const ours = runProgram(program)
        assert.equal(ours.describe, java.describe, said(program))
        assert.deepEqual(withTimesOf(java, ours), { ...java.topics }, said(program))
      }
    })

  it('is refused where Java refuses it', () => {
    const cases = ['described', 'scripted', ...Object.keys(families)]
      .flatMap(read)
      .filter(({ java }) => java.error !== undefined)
    assert.ok(cases.length > 0)
    for (const { program, java } of cases) {
      assert.throws(() => buildProgram(program), { name: 'TopologyError' }, `${java.error}\n${said(program)}`)
    }
  })
})

const said = ({ steps }: Program) => steps.map((step) => JSON.stringify(step)).join('\n')

function read(name: string): readonly Case[] {
  const file = new URL(`../fixtures/differential/${name}.jsonl.br`, import.meta.url)
  const lines = brotliDecompressSync(readFileSync(file)).toString('utf8').split('\n')
  return lines.map((line): Case => JSON.parse(line))
}
