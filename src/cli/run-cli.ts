import { Command, CommanderError } from 'commander'
import { distance } from 'fastest-levenshtein'
import { didYouMean } from '../resource/did-you-mean.ts'
import type { CommandRow } from './command.ts'
import { commandTable, elsewhere } from './command-table.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import type { Around } from './terminal.ts'

/** From the words of a command line to an exit code. */
export async function runCli(words: readonly string[], around: Around, table = commandTable): Promise<ExitCode> {
  const [first] = words
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    const row = first === 'help' ? rowFor(words.slice(1), table) : undefined
    if (row) return runRow(row, ['--help'], around)
    around.stdout.write(helpText(table))
    return exitCodes.ok
  }
  const row = rowFor(words, table)
  return row === undefined
    ? sayUnknown(words, around, table)
    : runRow(row, words.slice(row.words.split(' ').length), around)
}

function sayUnknown(words: readonly string[], around: Around, table: readonly CommandRow[]): ExitCode {
  const [first = '', second = ''] = words
  const below = table.filter((one) => one.words.startsWith(`${first} `))
  if (below.length > 0 && ['--help', '-h'].includes(second)) {
    around.stdout.write(helpText(below, []))
    return exitCodes.ok
  }
  const missing = below.length === 0 ? `there is no command "${first}"${guess(words, table)}` : secondWord(words, below)
  around.stderr.write(`weir: ${missing}\n       weir --help lists them all\n`)
  return exitCodes.invalid
}

function rowFor(words: readonly string[], table: readonly CommandRow[]): CommandRow | undefined {
  return table.find((row) => row.words.split(' ').every((word, index) => words[index] === word))
}

async function runRow(row: CommandRow, words: readonly string[], around: Around): Promise<ExitCode> {
  const { define, run } = await row.load()
  let code: ExitCode = exitCodes.ok
  const command = new Command(`weir ${row.words}`)
    .description(row.summary)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        around.stdout.write(text)
      },
      writeErr: (text) => {
        around.stderr.write(text)
      },
      outputError: (text, write) => {
        write(`weir ${row.words}: ${text.replace(/^error: /, '')}`)
      },
      getOutHelpWidth: () => around.stdout.columns,
      getErrHelpWidth: () => around.stderr.columns,
    })
    .showHelpAfterError(`       weir ${row.words} --help says what it takes`)
  define(command)
  command.action(async () => {
    code = await run({ args: command.args, options: command.opts() }, around)
  })
  try {
    await command.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.invalid
  }
  return code
}

function helpText(table: readonly CommandRow[], others: typeof elsewhere = elsewhere): string {
  const rows = [...table, ...others]
  const width = Math.max(...rows.map(({ words }) => words.length))
  const lines = rows.map(({ words, summary }) => `  ${words.padEnd(width)}   ${summary}`)
  return [
    'weir: declare your streams; Weirkeeper keeps them level',
    '',
    'Usage: weir COMMAND [options]',
    '',
    ...lines,
    '',
    'weir COMMAND --help says what a command takes. weir --version prints the version.',
    '',
  ].join('\n')
}

/** `export` alone is none of its commands. */
function secondWord([first = '', second]: readonly string[], below: readonly CommandRow[]): string {
  const seconds = below.map(({ words }) => words.slice(first.length + 1))
  if (second === undefined || second.startsWith('-'))
    return `say which: ${below.map(({ words }) => `weir ${words}`).join(', ')}`
  return `weir ${first} has no "${second}"; ${didYouMean(second, seconds)}`
}

/** By the first word, or by the first two where a command has two. */
function guess(words: readonly string[], table: readonly CommandRow[]): string {
  const near = [...table, ...elsewhere].find((row) => {
    const typed = words.slice(0, row.words.split(' ').length).join(' ')
    const [firstWord = ''] = row.words.split(' ')
    return distance(typed, row.words) <= 2 || distance(words[0] ?? '', firstWord) <= Math.floor(firstWord.length / 3)
  })
  return near ? `; did you mean "${near.words}"?` : ''
}
