import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Command, CommanderError } from 'commander'
import { commandTable, elsewhere } from '../../src/cli/command-table.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const pages = [
  'README.md',
  ...readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The `weir` commands among lines of text: after a prompt, `$`, `bin/`, or nothing; up to a pipe, a comment or another command. */
function commandsIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const command = /^\s*(?:[$►]\s+)?(?:bin\/)?weir ([a-z][^|;&#>]*)/.exec(line)?.[1]
    return command === undefined ? [] : [command.trim()]
  })
}

/** Commands in fenced blocks, where nothing stands for something else. */
function examplesOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  return blocks.flatMap(commandsIn).filter((command) => !/[…[\]]/.test(command))
}

/** What commander has against the words of a command, without running it. */
async function refusalOf(example: string): Promise<string | undefined> {
  const words = example.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replaceAll(/^["']|["']$/g, '')) ?? []
  if (elsewhere.some((row) => row.words === words[0])) return undefined
  const row = commandTable.find((one) => one.words.split(' ').every((word, index) => words[index] === word))
  if (row === undefined) return `there is no such command: weir ${example}`
  const command = new Command().exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  const { define } = await row.load()
  define(command)
  command.action(() => {})
  try {
    await command.parseAsync(words.slice(row.words.split(' ').length), { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? undefined : `weir ${example}: ${error.message}`
  }
}

describe('what the pages say of weir', () => {
  it('docs/reference/cli.md tells of every command', () => {
    const page = read('docs/reference/cli.md')
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading).join('\n')
    const untold = commandTable
      .map(({ words }) => words)
      .filter((words) => {
        const last = words.split(' ').at(-1) ?? ''
        return (
          !page.includes(`weir ${words}`) &&
          !headings.includes(last) &&
          !new RegExp(`^\\| .*\`${words}[ \`]`, 'm').test(page)
        )
      })
    assert.deepEqual(untold, [])
  })

  for (const page of pages) {
    const examples = examplesOf(read(page))
    if (examples.length === 0) continue
    it(`${page}: every example is one that weir takes`, async () => {
      const refusals = await Promise.all(examples.map(refusalOf))
      assert.deepEqual(
        refusals.filter((refusal) => refusal !== undefined),
        [],
      )
    })
  }

  for (const row of commandTable) {
    it(`weir ${row.words} --help: its examples are ones that it takes`, async () => {
      let help = ''
      const command = new Command().exitOverride().configureOutput({ writeOut: (text) => (help += text) })
      const { define } = await row.load()
      define(command)
      command.outputHelp()
      const examples = commandsIn(help.slice(help.indexOf('Example')))
      const refusals = await Promise.all(examples.map(refusalOf))
      assert.deepEqual(
        refusals.filter((refusal) => refusal !== undefined),
        [],
      )
    })
  }
})
