import { bareWord, type RawWord, type ShellCommand } from './shell-commands.ts'
import type { WordPart } from './shell-tokens.ts'

/** A word as the shell would make it, as far as that can be said without running anything. */
export interface ShellWord {
  readonly text: string
  /** A part of it is not known: `text` shows it as it is written. */
  readonly isUnknown: boolean
}

export interface ExpandedCommand {
  readonly line: number
  readonly words: readonly ShellWord[]
  readonly command: ShellCommand
}

type Values = ReadonlyMap<string, ShellWord>

/** More turns than anybody writes by hand. */
const mostTurns = 1_000

/** Each command with its variables replaced, as often as the loops that it is in have turns. */
export function expandCommands(commands: readonly ShellCommand[]): readonly ExpandedCommand[] {
  const values = valuesOf(commands)
  return commands.flatMap((command) =>
    turnsOf(command, values).map((turn) => ({
      line: command.line,
      words: command.words.map((word) => expanded(word.parts, turn)),
      command,
    })),
  )
}

function turnsOf({ loops }: ShellCommand, values: Values): readonly Values[] {
  return loops.reduce<readonly Values[]>(
    (turns, { name, values: listed }) =>
      turns
        .flatMap((turn) =>
          listed.flatMap((word) => split(word, turn)).map((value) => new Map([...turn, [name, value]])),
        )
        .slice(0, mostTurns),
    [values],
  )
}

/** `for topic in $TOPICS`: what is not quoted is several words. */
function split(word: RawWord, values: Values): readonly ShellWord[] {
  const value = expanded(word.parts, values)
  if (word.isQuoted || value.isUnknown) return [value]
  return value.text.split(/\s+/).flatMap((text) => (text === '' ? [] : [{ text, isUnknown: false }]))
}

export const assignment = /^([A-Za-z_]\w*)=/

/** `export NAME=value`. */
function isDeclaring(word: RawWord): boolean {
  return ['export', 'local', 'readonly', 'declare'].includes(bareWord(word) ?? '')
}

/** Variables that are given one value and no other. Functions stand before what calls them, so the order says nothing. */
function valuesOf(commands: readonly ShellCommand[]): Values {
  const given = new Map<string, ShellWord | undefined>()
  for (const { name, parts } of commands.flatMap(assignmentsOf)) {
    const value = expanded(parts, knownOf(given))
    const isOther = given.has(name) && given.get(name)?.text !== value.text
    given.set(name, isOther || value.isUnknown ? undefined : value)
  }
  return knownOf(given)
}

function knownOf(given: ReadonlyMap<string, ShellWord | undefined>): Values {
  return new Map([...given].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** Those before a command, or after `export`. */
function assignmentsOf({
  words,
}: ShellCommand): readonly { readonly name: string; readonly parts: readonly WordPart[] }[] {
  const from = words[0] !== undefined && isDeclaring(words[0]) ? 1 : 0
  const found = words.slice(from).map(assignmentOf)
  const end = found.indexOf(undefined)
  return found.slice(0, end === -1 ? found.length : end).filter((one) => one !== undefined)
}

function assignmentOf({ parts: [first, ...rest] }: RawWord): { name: string; parts: readonly WordPart[] } | undefined {
  const name = first?.kind === 'literal' ? assignment.exec(first.text)?.[1] : undefined
  if (name === undefined || first?.kind !== 'literal') return undefined
  return { name, parts: [{ ...first, text: first.text.slice(name.length + 1) }, ...rest] }
}

const nothing: ShellWord = { text: '', isUnknown: false }

/** The prefix of a cluster, asked for when the script runs: a manifest's names are without it. */
function isPrefix(source: string): boolean {
  return /^(\$\(|`)\s*heroku config:get \w+_PREFIX\b/.test(source)
}

function expanded(parts: readonly WordPart[], values: Values): ShellWord {
  const words = parts.map((part): ShellWord => {
    if (part.kind === 'literal') return { text: part.text, isUnknown: false }
    if (part.kind === 'unknown') return isPrefix(part.source) ? nothing : { text: part.source, isUnknown: true }
    const value = values.get(part.name)
    if (value !== undefined) return value
    return part.otherwise === undefined
      ? { text: `$${part.name}`, isUnknown: true }
      : { text: part.otherwise, isUnknown: false }
  })
  return { text: words.map(({ text }) => text).join(''), isUnknown: words.some(({ isUnknown }) => isUnknown) }
}
