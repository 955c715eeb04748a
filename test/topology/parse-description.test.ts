import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { printDescription } from '../../src/topology/print-description.ts'

const folder = new URL('../fixtures/topology/', import.meta.url)
const goldens = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
const golden = (name: string) => readFileSync(new URL(`${name}.txt`, folder), 'utf8')

const parsed = (text: string) => {
  const result = parseDescription(text)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}
const mistakesOf = (text: string) => {
  const result = parseDescription(text)
  assert.ok(!result.ok)
  return result.error.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('what Topology#describe() printed comes back byte for byte', () => {
  assert.equal(goldens.length, 41)
  for (const { name, text } of goldens) {
    it(name, () => {
      assert.equal(printDescription(parsed(text)), text)
    })
  }
})

describe('a text is read however it was pasted', () => {
  const text = golden('groupby-count-repartition')
  const pastes: Readonly<Record<string, string>> = {
    'without the first line': text.replace('Topologies:\n', ''),
    'with CRLF': text.replaceAll('\n', '\r\n'),
    'with trailing spaces': text.replaceAll('\n', '  \n'),
    'without indentation': text.replaceAll(/^ +/gm, ''),
    'with tabs': text.replaceAll(/^ +/gm, '\t\t'),
    'without blank lines': text.replaceAll(/\n+/g, '\n'),
  }
  for (const [name, paste] of Object.entries(pastes)) {
    it(name, () => {
      assert.deepEqual(parsed(paste), parsed(text))
    })
  }
})

it('reads patterns, extractors, several topics and several stores', () => {
  const text = `Topologies:
   Sub-topology: 0
    Source: a (topics: [in-1, in-2])
      --> p
    Source: b (topics: in-[a-z]+)
      --> p
    Processor: p (stores: [s1, s2])
      --> out
      <-- a, b
    Sink: out (extractor class: com.example.Router$$Lambda$14/0x0000(x)@1b)
      <-- p

  Sub-topology: 1 for global store (will not generate tasks)
    Source: gs (topics: [g])
      --> gp
    Processor: gp (stores: [g-store])
      --> none
      <-- gs
  Sub-topology: 2 for global store (will not generate tasks)
    Source: hs (topics: [h])
      --> hp
    Processor: hp (stores: [h-store])
      --> none
      <-- hs
`
  const description = parsed(text)
  assert.equal(printDescription(description), text)
  assert.deepEqual(
    description.subtopologies[0]?.nodes.map((node) => ('topics' in node ? node.topics : node.kind)),
    [['in-1', 'in-2'], { pattern: 'in-[a-z]+' }, 'processor', 'sink'],
  )
  assert.deepEqual(
    description.globalStores.map(({ id, source }) => [id, source.topics]),
    [
      [1, ['g']],
      [2, ['h']],
    ],
  )
})

it('reports every line it does not understand, and what it expected there', () => {
  assert.deepEqual(
    mistakesOf(`Topologies:
   Sub-topology: 0
    Source: a (topics: [in])
      -> p
    Procesor: p (stores: [])
      <-- a`),
    [
      '4:7 not a line that Topology#describe() prints; expected "--> successor, …" or "--> none"',
      '5:5 not a line that Topology#describe() prints; expected "--> successor, …" or "--> none"',
      '6:7 an arrow that belongs to no node; expected "--> successor, …" or "--> none"',
      '3:5 the "--> …" line of a is missing',
    ],
  )
})

it('notices a text that was cut off', () => {
  const text = golden('groupby-count-repartition')
  assert.deepEqual(mistakesOf(text.split('\n').slice(0, 6).join('\n')), [
    '5:5 the "<-- …" line of KSTREAM-KEY-SELECT-0000000001 is missing',
  ])
  assert.match(mistakesOf(text.split('\n').slice(0, 7).join('\n')).join(), /which sub-topology 0 does not have/)
})

it('notices an arrow that is not answered', () => {
  assert.deepEqual(
    mistakesOf(`Sub-topology: 0
Source: a (topics: [in])
--> b, c
Processor: b (stores: [])
--> none
<-- a
Processor: c (stores: [])
--> none
<-- b`),
    ['2:1 a names c, but c does not name it back', '7:1 c names b, but b does not name it back'],
  )
})

it('says so when there is nothing to read', () => {
  assert.deepEqual(mistakesOf(''), ['1:1 no sub-topology here; paste what Topology#describe() prints'])
  assert.deepEqual(mistakesOf('Topologies:\n '), ['1:1 no sub-topology here; paste what Topology#describe() prints'])
})

it('refuses names and ids that occur twice', () => {
  const once = 'Sub-topology: 0\nSource: a (topics: [in])\n--> none\n'
  assert.deepEqual(mistakesOf(once + once), ['4:1 sub-topology 0 occurs twice', '5:1 node a occurs twice'])
})

it('spends no more than a moment on a line made to be slow', () => {
  const before = performance.now()
  assert.equal(mistakesOf(`Source: ${' (topics: ['.repeat(300_000)}`).length, 1)
  assert.ok(performance.now() - before < 1000)
})
