import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { commandTable } from '../../src/cli/command-table.ts'
import { exitCodes } from '../../src/cli/exit-code.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { weir } from '../support/cli.ts'
import { goodManifest } from '../support/manifest.ts'

/** Scripts rely on these numbers and on these meanings: a row may be added, none may change. */
const frozen = {
  ok: 0,
  differences: 1,
  invalid: 2,
  unreachable: 3,
  timedOut: 4,
  conflict: 5,
  bug: 70,
  interrupted: 130,
}

/** A command line, and the code that it ends with in each situation. A command that takes no part in one has none. */
interface Frozen {
  readonly words: string
  /** The control plane answers; nothing is declared there. */
  readonly empty?: number
  /** No kubeconfig, and no key of Heroku. */
  readonly nothingSet?: number
  /** Neither the control plane nor Heroku can be reached. */
  readonly away?: number
  /** The token is not known. */
  readonly stranger?: number
}

const asked = { nothingSet: 3, away: 3, stranger: 3 }
const direct = { nothingSet: 3, away: 3 }

const table: readonly Frozen[] = [
  { words: 'validate', empty: 2, nothingSet: 2 },
  { words: 'validate -f good.yaml', empty: 0, nothingSet: 0 },
  { words: 'validate -f wrong.yaml', empty: 2, nothingSet: 2 },
  { words: 'explain streamapp.spec', empty: 0, nothingSet: 0 },
  { words: 'explain streamapp.spec.none', empty: 2, nothingSet: 2 },
  { words: 'plan', empty: 2, ...asked, away: 2, stranger: 2 },
  { words: 'plan word-count', empty: 2, ...asked },
  { words: 'plan -f good.yaml --direct', ...direct },
  { words: 'diff', empty: 2, ...asked, away: 2, stranger: 2 },
  { words: 'diff -f good.yaml', empty: 1, ...asked },
  { words: 'diff -f wrong.yaml', empty: 2, nothingSet: 3, away: 2, stranger: 2 },
  { words: 'diff -f good.yaml --direct', ...direct },
  { words: 'apply', empty: 2, ...asked, away: 2, stranger: 2 },
  { words: 'apply -f good.yaml --dry-run', empty: 0, ...asked },
  { words: 'apply -f good.yaml --direct', ...direct },
  { words: 'apply --direct', empty: 2, nothingSet: 2, away: 2, stranger: 2 },
  { words: 'get', empty: 0, ...asked },
  { words: 'get word-count', empty: 2, ...asked },
  { words: 'get -o xml', empty: 2, nothingSet: 3, away: 2, stranger: 2 },
  { words: 'get -f good.yaml --direct', ...direct },
  { words: 'describe word-count', empty: 2, ...asked },
  { words: 'describe -f good.yaml --direct', ...direct },
  { words: 'delete word-count', empty: 2, ...asked },
  { words: 'delete -f good.yaml --direct', ...direct },
  { words: 'wait word-count --timeout 1ms', empty: 4, ...asked },
  { words: 'wait word-count --for=delete', empty: 0, ...asked },
  { words: 'wait word-count --for=nonsense', empty: 2, nothingSet: 3, away: 2, stranger: 2 },
  { words: 'events', empty: 0, ...asked },
  { words: 'events word-count', empty: 2, ...asked },
  { words: 'logs word-count', empty: 2, ...asked },
  { words: 'logs -f good.yaml --direct', ...direct },
  { words: 'lag word-count', empty: 2, ...asked },
  { words: 'lag -f good.yaml --direct', ...direct },
  { words: 'top', empty: 0, ...asked },
  { words: 'top word-count', empty: 2, ...asked },
  { words: 'top -f good.yaml --direct', ...direct },
  { words: 'scale word-count --dynos 1', empty: 2, ...asked },
  { words: 'suspend word-count', empty: 2, ...asked },
  { words: 'resume word-count', empty: 2, ...asked },
  { words: 'api-resources', empty: 0, ...asked },
  { words: 'import app word-count', ...direct },
  { words: 'import script none.sh', empty: 2, nothingSet: 2 },
  { words: 'import script setup.sh', empty: 0, nothingSet: 0 },
  { words: 'export script -f good.yaml', empty: 0, nothingSet: 0 },
  { words: 'export script', empty: 2, nothingSet: 2 },
  { words: 'export kubernetes -f good.yaml', empty: 2, nothingSet: 2 },
  { words: 'export kubernetes -f good.yaml --image words:1', empty: 0, nothingSet: 0 },
  { words: 'export crd', empty: 0, nothingSet: 0 },
  { words: 'config view', empty: 0, nothingSet: 3, away: 0 },
  { words: 'config use none', empty: 2, nothingSet: 3, away: 2 },
  { words: 'doctor', nothingSet: 1, away: 1, stranger: 1 },
  { words: 'init Word_Count', empty: 2, nothingSet: 2 },
  { words: 'init there', empty: 5, nothingSet: 5 },
  { words: 'install my-plane', ...direct },
  { words: 'install my-plane --timeout soon', empty: 2, nothingSet: 2, away: 2 },
  { words: 'uninstall my-plane', ...direct },
  { words: 'completion bash', empty: 0, nothingSet: 0 },
  { words: 'completion ksh', empty: 2, nothingSet: 2 },
  { words: 'topology describe none.ts', empty: 2, nothingSet: 2 },
  { words: 'export', empty: 2, nothingSet: 2 },
  { words: 'export --help', empty: 0, nothingSet: 0 },
  { words: 'no-such-command', empty: 2, nothingSet: 2 },
]

describe('the exit codes of weir', () => {
  let api: ApiUnderTest
  let cwd: string
  const nowhere = { HEROKU_API_KEY: 'a-key-of-a-test', HEROKU_HOST: 'http://127.0.0.1:9' }
  const env = {
    empty: () => ({ ...nowhere, WEIR_KUBECONFIG: join(cwd, 'kubeconfig') }),
    nothingSet: () => ({}),
    away: () => ({ ...nowhere, WEIR_KUBECONFIG: join(cwd, 'away') }),
    stranger: () => ({ ...nowhere, WEIR_KUBECONFIG: join(cwd, 'stranger') }),
  } as const

  before(async () => {
    api = await startApi()
    cwd = await mkdtemp(join(tmpdir(), 'weirkeeper-codes-'))
    const { kubeconfig } = api
    await Promise.all(
      [
        ['kubeconfig', kubeconfig],
        ['away', kubeconfig.replace(/server: .*/, 'server: https://127.0.0.1:9')],
        ['stranger', kubeconfig.replace(/token: .*/, 'token: "another"')],
        ['good.yaml', goodManifest],
        ['wrong.yaml', goodManifest.replace('partitions: 6', 'partitons: 6')],
        ['there.yaml', goodManifest],
        ['setup.sh', 'heroku kafka:topics:create lines -a tide\nheroku kafka:consumer-groups:create words -a tide\n'],
      ].map(([name = '', text = '']) => writeFile(join(cwd, name), text)),
    )
  })
  after(async () => {
    await api.close()
    await rm(cwd, { recursive: true })
  })

  it('are the documented numbers', () => assert.deepEqual(exitCodes, frozen))

  it('are frozen for every command', () => {
    const told = commandTable.filter(({ words }) => !table.some((row) => `${row.words} `.startsWith(`${words} `)))
    assert.deepEqual(
      told.map(({ words }) => words),
      [],
    )
  })

  for (const situation of ['empty', 'nothingSet', 'away', 'stranger'] as const) {
    it(`stay as they are, and a failed command leaves stdout empty (${situation})`, async () => {
      const seen: Record<string, number> = {}
      const wanted: Record<string, number> = {}
      for (const { words, [situation]: code } of table) {
        if (code === undefined) continue
        const ran = await weir(words.split(' '), { cwd, env: env[situation]() })
        seen[words] = ran.code
        wanted[words] = code
        const showsAnyway = ran.code <= 1
        assert.ok(showsAnyway || ran.stdout === '', `${words} failed and printed ${ran.stdout}`)
        assert.ok(ran.code === 0 || ran.code === 1 || ran.stderr !== '', `${words} failed and said nothing`)
        assert.ok(!`${ran.stdout}${ran.stderr}`.includes('a-key-of-a-test'), words)
      }
      assert.deepEqual(seen, wanted)
    })
  }
})
