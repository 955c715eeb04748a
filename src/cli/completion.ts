import { Command } from 'commander'
import type { CliCommand, CommandRow } from './command.ts'
import { exitCodes } from './exit-code.ts'

/** What may follow the words of a command. */
interface Completable {
  readonly words: string
  readonly summary: string
  readonly options: readonly string[]
  /** Names of objects of the control plane follow, which it is asked for. */
  readonly takesNames: boolean
}

/** `weir completion bash|zsh|fish`: a script that completes commands and their options, made from the commands themselves. */
export const completionOf = (table: readonly Listed[]): CliCommand => ({
  define: (command) =>
    command
      .argument('<shell>', 'bash, zsh or fish')
      .addHelpText('after', '\nExample:\n  source <(weir completion bash)\n  weir completion fish | source'),

  run: async ({ args: [shell = ''] }, { stdout, stderr }) => {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
    if (script === undefined) {
      stderr.write(`weir completion: there is none for ${shell}; say bash, zsh or fish\n`)
      return exitCodes.invalid
    }
    stdout.write(script(await completables(table)))
    return exitCodes.ok
  },
})

/** A command of the table, or one that `bin/weir` answers itself and whose options are not known here. */
type Listed = Pick<CommandRow, 'words' | 'summary'> & Partial<Pick<CommandRow, 'load'>>

function completables(table: readonly Listed[]): Promise<readonly Completable[]> {
  return Promise.all(
    table.map(async ({ words, summary, load }) => {
      const command = new Command()
      const listed = await load?.()
      listed?.define(command)
      const options = command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []))
      const takesNames =
        options.includes('--namespace') && command.registeredArguments.length > 0 && !['apply', 'diff'].includes(words)
      return { words, summary, options: [...options, '--help'], takesNames }
    }),
  )
}

const scripts: Readonly<Record<string, (rows: readonly Completable[]) => string>> = {
  bash: bashScript,
  // zsh reads bash's own completions.
  zsh: (rows) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(rows)}`,
  fish: fishScript,
}

/** What `weir get` answers a completion: names alone, and nothing where it cannot. */
const namesOnly = `-o name 2>/dev/null | sed 's,.*/,,'`

/**
 * The words that are typed so far decide; where no command fits them, the next word of every command that begins so. Names of objects
 * are the control plane's, in the namespace that was typed; of the kind, where the word before the current one names one.
 */
function bashScript(rows: readonly Completable[]): string {
  const cases = rows
    .toSorted((a, b) => b.words.length - a.words.length)
    .map(({ words, options }) => `    '${words} '*) words='${options.join(' ')}' ;;`)
  const seconds = twoWords(rows).map(([first, second]) => `    '${first} ') words='${second.join(' ')}' ;;`)
  const firsts = [...new Set(rows.map(({ words }) => words.split(' ')[0]))]
  const named = rows.filter(({ takesNames }) => takesNames).map(({ words }) => `'${words} '*`)
  return `_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words='' kind=streamapps space=''
  local typed="\${COMP_WORDS[*]:1:COMP_CWORD-1}" spaceTyped=' (-n|--namespace)[ =]([^ ]+) '
  case "$typed " in
    ' ') words='${firsts.join(' ')} --help --version' ;;
${[...seconds, ...cases].join('\n')}
  esac
  case "$previous" in
    -f|--filename) words='' ;;
    -o|--output) words='table wide text json yaml name jsonpath=' ;;
    -n|--namespace) words=$("\${COMP_WORDS[0]}" get namespaces ${namesOnly}) ;;
    *)
      case "$typed $current" in
        ${named.join('|')})
          [[ "$typed " =~ $spaceTyped ]] && space="--namespace=\${BASH_REMATCH[2]}"
          [[ "$previous" =~ ^(gitsources?|gitsrc|secrets?|configmaps?|pods?|serviceaccounts?|leases?)$ ]] && kind="$previous"
          [[ "$current" != -* ]] && words=$("\${COMP_WORDS[0]}" get "$kind" $space ${namesOnly}) ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _weir weir
`
}

function fishScript(rows: readonly Completable[]): string {
  const firsts = new Map(rows.map(({ words, summary }) => [words.split(' ')[0] ?? '', summary]))
  const lines = [...firsts].map(
    ([word, summary]) => `complete -c weir -n __fish_use_subcommand -a ${word} -d '${fishQuoted(summary)}'`,
  )
  const below = twoWords(rows).map(
    ([first, second]) =>
      `complete -c weir -n '__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${second.join(' ')}' -a '${second.join(' ')}'`,
  )
  const options = rows.flatMap(({ words, options: long }) =>
    long.map(
      (option) =>
        `complete -c weir -n '${words
          .split(' ')
          .map((word) => `__fish_seen_subcommand_from ${word}`)
          .join('; and ')}' -l ${option.slice(2)}`,
    ),
  )
  const names = rows
    .filter(({ takesNames }) => takesNames)
    .map(
      ({ words }) =>
        `complete -c weir -f -n '__fish_seen_subcommand_from ${words}' -a "(weir get streamapps ${namesOnly})"`,
    )
  return `${[...lines, ...below, ...options, ...names].join('\n')}\n`
}

const fishQuoted = (text: string): string => text.replaceAll(/['\\]/g, '\\$&')

/** `topology` has `describe`: the first words of commands of two, with their second words. */
function twoWords(rows: readonly Completable[]): readonly (readonly [first: string, second: readonly string[]])[] {
  const found = new Map<string, string[]>()
  for (const { words } of rows) {
    const [first = '', second] = words.split(' ')
    if (second !== undefined) found.set(first, [...(found.get(first) ?? []), second])
  }
  return [...found]
}
