import type { HandRunApp } from './hand-run-app.ts'
import { commandReader, looking, newDraft, type CommandWords, type Draft, type Read } from './heroku-commands.ts'
import { shellCommands, type Decision } from './shell-commands.ts'
import { assignment, expandCommands, type ExpandedCommand, type ShellWord } from './shell-values.ts'

export interface HerokuScript {
  /** What its commands amount to, by the app that they name. */
  readonly apps: readonly HandRunApp[]
  /** Commands that were not understood, with why. What the shell does by itself (`echo`, `set -e`, `cd`) is none. */
  readonly unread: readonly UnreadCommand[]
  /** What else whoever reads the manifest should know of the script. */
  readonly notes: readonly { readonly line: number; readonly text: string }[]
}

export const namesNoApp = 'it names no app that can be read: say --app NAME'

interface UnreadCommand {
  readonly line: number
  readonly text: string
  readonly why: string
}

/**
 * Reads the `heroku` commands of a shell script: those of functions, branches and loops over listed words, too, with the variables that
 * it gives one value. It runs nothing. `app` stands for commands that name none, or name a variable that is not known.
 */
export function readHerokuScript(text: string, app: string | undefined): HerokuScript {
  const { commands, functions, mistakes } = shellCommands(text)
  const expandedCommands = expandCommands(commands)
  const drafts = new Map<string, Draft>()
  const unread = new Map<string, UnreadCommand>()
  const decisions = new Map<number, Decision>()
  const reading = { app: app ?? usualApp(expandedCommands), drafts, functions }
  for (const { line, words, command } of expandedCommands) {
    const heard = readCommand(withoutAssignments(words), reading)
    if (heard === 'read' && command.decidedBy !== undefined) decisions.set(command.decidedBy.line, command.decidedBy)
    if (typeof heard === 'string') continue
    const shown = words.map((word) => word.text).join(' ')
    unread.set(`${line} ${shown}`, { line, text: shown, why: heard.why })
  }
  const undecided = [...decisions.values()].map(({ line, word }) => ({
    line,
    text: `"${word}" decides what is run here; it is read as if all of it were`,
  }))
  const notes = [...mistakes.map(({ line, why }) => ({ line, text: why })), ...undecided]
  return {
    apps: [...drafts].map(([name, draft]) => appOf(name, draft)),
    unread: [...unread.values()],
    notes: notes.toSorted((a, b) => a.line - b.line),
  }
}

function appOf(name: string, draft: Draft): HandRunApp {
  return {
    app: name,
    addon: draft.addon,
    topics: [...draft.topics.values()],
    groups: [...draft.groups],
    streamsVars: draft.streamsVars,
    processes: [...draft.processes.values()],
  }
}

/** The Heroku CLI takes its app from HEROKU_APP where a command names none. */
function usualApp(commands: readonly ExpandedCommand[]): string | undefined {
  const words = commands.flatMap((command) => command.words)
  const given = words.find(({ text, isUnknown }) => text.startsWith('HEROKU_APP=') && !isUnknown)
  return given?.text.slice('HEROKU_APP='.length)
}

function withoutAssignments(words: readonly ShellWord[]): readonly ShellWord[] {
  const from = words.findIndex(({ text }) => !assignment.test(text))
  return from === -1 ? [] : words.slice(from)
}

/** What the shell and its common tools do, which says nothing of an app. */
const builtins = new Set(
  '. : [ awk cat cd cut date declare echo exit export false grep head local mkdir printf read readonly return sed set shift sleep source tail tee test tr trap true unset wait'.split(
    ' ',
  ),
)

interface Reading {
  readonly app: string | undefined
  readonly drafts: Map<string, Draft>
  readonly functions: ReadonlySet<string>
}

type Heard = 'read' | 'nothing to read' | { readonly why: string }

function readCommand(words: readonly ShellWord[], reading: Reading): Heard {
  const [program = '', verb = ''] = words.map(({ text }) => text)
  if (program === '' || builtins.has(program) || reading.functions.has(program)) return 'nothing to read'
  if (program !== 'heroku') return { why: 'it is no heroku command' }
  if (looking.has(verb)) return 'nothing to read'
  const read = commandReader(verb)
  return read === undefined
    ? { why: `heroku ${verb} says nothing that a StreamApp holds` }
    : readVerb({ verb, read, words: words.slice(2) }, reading)
}

interface Spoken {
  readonly verb: string
  readonly read: Read
  readonly words: readonly ShellWord[]
}

function readVerb({ verb, read, words }: Spoken, { app, drafts }: Reading): Heard {
  const { args, flags } = takenApart(words.map(({ text }) => text))
  const unknown = new Set(words.filter(({ isUnknown }) => isUnknown).map(({ text }) => text))
  const target = targetOf(flags, app, unknown)
  if (target === undefined) return { why: namesNoApp }
  // Which plan an add-on has says nothing of a StreamApp.
  if (verb !== 'addons:create' && args.some((arg) => unknown.has(arg)))
    return { why: 'it takes the value of a variable' }
  const draft = drafts.get(target) ?? newDraft()
  const why = read({ args, flags }, draft)
  if (why !== undefined) return { why }
  drafts.set(target, draft)
  return 'read'
}

function targetOf(
  flags: CommandWords['flags'],
  app: string | undefined,
  unknown: ReadonlySet<string>,
): string | undefined {
  const named = flags['app'] ?? flags['a']
  return named === undefined || [named, `--app=${named}`, `-a=${named}`].some((word) => unknown.has(word)) ? app : named
}

const withoutValue = new Set(['compaction', 'wait', 'prefix'])

function takenApart(words: readonly string[]): CommandWords {
  const args: string[] = []
  const flags: Record<string, string> = {}
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name, value] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) args.push(word)
    else if (value !== undefined) flags[name] = value
    else if (withoutValue.has(name)) flags[name] = 'true'
    else flags[name] = words[(at += 1)] ?? ''
  }
  return { args, flags }
}
