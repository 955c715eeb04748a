import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CommandRow } from '../../src/cli/command.ts'
import { commandTable } from '../../src/cli/command-table.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { wantsColour } from '../../src/cli/terminal.ts'
import { weir } from '../support/cli.ts'

describe('weir', () => {
  for (const words of [[], ['help'], ['--help'], ['-h']]) {
    it(`${words.join(' ') || 'alone'} lists every command`, async () => {
      const { code, stdout, stderr } = await weir(words)
      assert.equal(code, 0)
      assert.equal(stderr, '')
      for (const row of commandTable) assert.ok(stdout.includes(`  ${row.words} `), row.words)
      assert.match(stdout, / dev .*local platform/)
    })
  }

  it('says what it has instead of a command that it does not know', async () => {
    const { code, stdout, stderr } = await weir(['topolgy', 'describe'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /there is no command "topolgy"; did you mean "topology describe"\?/)
    assert.doesNotMatch((await weir(['xyz'])).stderr, /did you mean/)
  })

  it('says which words may follow a first word that has several', async () => {
    const { code, stdout, stderr } = await weir(['export'])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^weir: say which: weir export script, weir export kubernetes, weir export crd\n/)
    assert.match(
      (await weir(['export', 'kubernets'])).stderr,
      /weir export has no "kubernets"; did you mean "kubernetes"\?/,
    )
    assert.match((await weir(['import', '--help'])).stdout, /^ {2}import app +write[^]*^ {2}import script/m)
  })

  for (const row of commandTable) {
    it(`${row.words} --help says what it takes`, async () => {
      const { code, stdout } = await weir([...row.words.split(' '), '--help'])
      assert.equal(code, 0)
      assert.ok(stdout.includes(`Usage: weir ${row.words}`))
    })
    it(`${row.words} refuses an option it does not know, with exit code 2`, async () => {
      const { code, stdout, stderr } = await weir([...row.words.split(' '), '--no-such-option'])
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /unknown option '--no-such-option'/)
    })
  }

  it('hands arguments and options to the command, and answers its exit code', async () => {
    const seen: unknown[] = []
    const row: CommandRow = {
      words: 'measure twice',
      summary: 'cut once',
      load: () =>
        Promise.resolve({
          define: (command) => {
            command.argument('[files...]').option('-f, --file <file>')
          },
          run: ({ args, options }) => {
            seen.push(args, options)
            return Promise.resolve(5)
          },
        }),
    }
    const terminal = { write: () => {}, isTty: false, columns: 80, hasColour: false }
    const code = await runCli(
      ['measure', 'twice', 'a', '-f', 'b', 'c'],
      {
        env: {},
        cwd: '/',
        stdin: () => Promise.resolve(Buffer.alloc(0)),
        stdout: terminal,
        stderr: terminal,
        signal: new AbortController().signal,
      },
      [row],
    )
    assert.equal(code, 5)
    assert.deepEqual(seen, [['a', 'c'], { file: 'b' }])
  })
})

describe('colour', () => {
  const cases: readonly (readonly [env: Readonly<Record<string, string>>, isTty: boolean, wanted: boolean])[] = [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ CI: 'true' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ]
  for (const [env, isTty, wanted] of cases) {
    it(`${JSON.stringify(env)} ${isTty ? 'on' : 'off'} a terminal: ${wanted ? 'colour' : 'plain'}`, () => {
      assert.equal(wantsColour(env, isTty), wanted)
    })
  }
})
