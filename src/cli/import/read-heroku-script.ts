import type { HandRunApp } from './hand-run-app.ts'
import { commandReader, newDraft, type CommandWords, type Draft } from './heroku-commands.ts'

export interface HerokuScript {
  /** What its commands amount to, by the app that they name. */
  readonly apps: readonly HandRunApp[]
  /** Lines that were not understood, with why. Blank lines, comments and `set -e` are none. */
  readonly unread: readonly UnreadLine[]
}

interface UnreadLine {
  readonly line: number
  readonly text: string
  readonly why: string
}

/**
 * Reads the `heroku` commands of a shell script; it runs nothing and follows no
 * variable, loop or function. `app` stands for commands that name none, or name a variable.
 */
export function readHerokuScript(text: string, app: string | undefined): HerokuScript {
  const drafts = new Map<string, Draft>()
  const unread: UnreadLine[] = []
  for (const { line, text: command } of commandsOf(text)) {
    const why = readCommand(command, { app, drafts })
    if (why !== undefined) unread.push({ line, text: command, why })
  }
  const apps = [...drafts].map(([name, draft]): HandRunApp => ({
    app: name,
    addon: draft.addon,
    topics: [...draft.topics.values()],
    groups: [...draft.groups],
    streamsVars: draft.streamsVars,
    processes: [...draft.processes.values()],
  }))
  return { apps, unread }
}

/** Lines, those joined that end in a backslash; without what says nothing about the app. */
function commandsOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  const commands: { line: number; text: string }[] = []
  let open: { line: number; text: string } | undefined
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const joined: { line: number; text: string } = {
      line: open?.line ?? index + 1,
      text: `${open?.text ?? ''}${raw.replace(/\\$/, ' ')}`,
    }
    open = raw.endsWith('\\') ? joined : undefined
    if (open === undefined) commands.push({ line: joined.line, text: joined.text.trim() })
  }
  return commands.filter(({ text: command }) => !/^(#.*|set -\w+|set -o \w+|)$/.test(command))
}

interface Reading {
  readonly app: string | undefined
  readonly drafts: Map<string, Draft>
}

/** Why it was not understood; undefined: it was. */
function readCommand(command: string, { app, drafts }: Reading): string | undefined {
  const words = wordsOf(command)
  if (words === undefined) return 'it is more than one plain command'
  const [program, verb = '', ...rest] = words.map(({ text }) => text)
  if (program !== 'heroku') return 'it is no heroku command'
  const read = commandReader(verb)
  if (read === undefined) return `heroku ${verb} says nothing that a StreamApp holds`
  const { args, flags } = takenApart(rest)
  const target = targetOf(flags, app)
  if (target === undefined) return 'it names no app that can be read: say --app NAME'
  const variables = new Set(words.filter(({ hasVariable }) => hasVariable).map(({ text }) => text))
  if (args.some((arg) => variables.has(arg))) return 'it takes the value of a variable'
  const draft = drafts.get(target) ?? newDraft()
  const why = read({ args, flags }, draft)
  if (why === undefined) drafts.set(target, draft)
  return why
}

function targetOf(flags: CommandWords['flags'], app: string | undefined): string | undefined {
  const named = flags['app'] ?? flags['a']
  return named === undefined || named.includes('$') ? app : named
}

interface Word {
  readonly text: string
  /** A `$` that the shell would replace: not one in single quotes, or behind a backslash. */
  readonly hasVariable: boolean
}

/** The words of one simple command; undefined where the shell would do more than run it. */
function wordsOf(command: string): readonly Word[] | undefined {
  const words = [...command.matchAll(/\s*((?:"[^"`]*"|'[^']*'|\\.|[^\s"'`|&;<>(){}\\])+)/gy)]
  if (words.reduce((length, [whole]) => length + whole.length, 0) !== command.length) return undefined
  return words.map(([, word = '']) => ({
    text: word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3'),
    hasVariable: word.replaceAll(/'[^']*'|\\./g, '').includes('$'),
  }))
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
