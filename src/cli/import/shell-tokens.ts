/** A part of a word: as it is, or what the shell would put there. */
export type WordPart =
  | { readonly kind: 'literal'; readonly text: string }
  /** `$NAME`, `${NAME}`, `${NAME:-otherwise}`. */
  | { readonly kind: 'variable'; readonly name: string; readonly otherwise: string | undefined }
  /** A command's output, arithmetic, a pattern of a variable: nothing that can be read without running it. */
  | { readonly kind: 'unknown'; readonly source: string }

export type ShellToken =
  | { readonly kind: 'word'; readonly line: number; readonly parts: readonly WordPart[]; readonly isQuoted: boolean }
  /** `&&`, `||`, `;`, `;;`, `|`, `&`, `(`, `)`, a line's end as `\n`. Redirections are left out with their targets. */
  | { readonly kind: 'operator'; readonly line: number; readonly text: string }

/** POSIX.1-2017, Shell & Utilities 2.10: what ends a word. */
const operators = /&&|\|\||;;|[;|&()\n]/y
const redirection = /\d*(?:>>|>&|<&|<<<|<<-?|>\||[<>])[ \t]*/y
const plain = /[^\s'"\\$`;|&()<>]+/y

interface Text {
  readonly all: string
  at: number
  line: number
}

/** The tokens of a shell script. Nothing is run and no variable is followed. */
export function shellTokens(script: string): readonly ShellToken[] {
  const text: Text = { all: script.replaceAll('\r\n', '\n'), at: 0, line: 1 }
  const tokens: ShellToken[] = []
  const hereTexts: string[] = []
  for (;;) {
    skipBlanks(text)
    if (text.at >= text.all.length) return tokens
    const { line } = text
    const redirected = taken(text, redirection)
    if (redirected !== undefined) {
      const target = wordAt(text)
      if (/<<-?\s*$/.test(redirected)) hereTexts.push(literalText(target.parts))
      continue
    }
    const operator = taken(text, operators)
    if (operator === undefined) tokens.push({ kind: 'word', line, ...wordAt(text) })
    else tokens.push({ kind: 'operator', line, text: operator })
    if (operator === '\n') for (const end of hereTexts.splice(0)) skipHereText(text, end)
  }
}

/** Blanks, joined lines, comments. */
function skipBlanks(text: Text): void {
  taken(text, /(?:[ \t]|\\\n)*(?:#[^\n]*)?/y)
}

function skipHereText(text: Text, end: string): void {
  const lines = text.all.slice(text.at).split('\n')
  const last = lines.findIndex((line) => line.trim() === end)
  const skipped = lines.slice(0, last === -1 ? lines.length : last + 1).join('\n')
  text.at += skipped.length
  text.line += skipped.split('\n').length - 1
}

/** What the pattern matches here, stepped over; undefined: nothing. */
function taken(text: Text, pattern: RegExp): string | undefined {
  pattern.lastIndex = text.at
  const [found] = pattern.exec(text.all) ?? []
  if (found === undefined || found === '') return undefined
  text.at += found.length
  text.line += found.split('\n').length - 1
  return found
}

function wordAt(text: Text): { readonly parts: readonly WordPart[]; readonly isQuoted: boolean } {
  const parts: WordPart[] = []
  const from = text.at
  for (;;) {
    const part = partAt(text)
    if (part === undefined) break
    parts.push(...part)
  }
  // Whatever is no part of a word here (a lone quote that is never closed) is stepped over, so that reading goes on.
  if (text.at === from) text.at += 1
  return { parts, isQuoted: /["'\\]/.test(text.all.slice(from, text.at)) }
}

function partAt(text: Text): readonly WordPart[] | undefined {
  const bare = taken(text, plain)
  if (bare !== undefined) return [{ kind: 'literal', text: bare }]
  const single = taken(text, /'[^']*'/y)
  if (single !== undefined) return [{ kind: 'literal', text: single.slice(1, -1) }]
  const escaped = taken(text, /\\[^]/y)
  if (escaped !== undefined) return escaped === '\\\n' ? [] : [{ kind: 'literal', text: escaped.slice(1) }]
  const double = taken(text, /"(?:\\[^]|[^"\\])*"/y)
  if (double !== undefined) return quotedParts(double.slice(1, -1))
  const expansion = taken(text, expansions)
  return expansion === undefined ? undefined : [expanded(expansion)]
}

/** Up to three brackets deep, which is more than a script of commands has. */
const brackets = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`
const expansions = new RegExp(String.raw`\$\w+|\$\{[^}]*\}|\$${brackets}|\$[?!#@*$-]?|\`[^\`]*\``, 'y')

function quotedParts(quoted: string): readonly WordPart[] {
  const text: Text = { all: quoted, at: 0, line: 0 }
  const parts: WordPart[] = []
  while (text.at < quoted.length) {
    const expansion = taken(text, expansions)
    if (expansion === undefined) {
      // A backslash, or a backquote that is never closed, is itself.
      const found = taken(text, /\\["\\$`]|[^$`\\]+|[\\`]/y) ?? ''
      parts.push({ kind: 'literal', text: found.replace(/^\\(?=.)/, '') })
    } else parts.push(expanded(expansion))
  }
  return parts
}

function expanded(text: string): WordPart {
  if (text === '$') return { kind: 'literal', text }
  const [, bare, braced, otherwise] = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*|\d+)(?::?-([^$`]*))?\})$/.exec(text) ?? []
  const name = bare ?? braced
  return name === undefined ? { kind: 'unknown', source: text } : { kind: 'variable', name, otherwise }
}

function literalText(parts: readonly WordPart[]): string {
  return parts.map((part) => (part.kind === 'literal' ? part.text : '')).join('')
}
