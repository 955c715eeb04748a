import { shellTokens, type ShellToken, type WordPart } from './shell-tokens.ts'

/** One simple command as it stands: what it is in decides how often it is run, and whether. */
export interface ShellCommand {
  readonly line: number
  readonly words: readonly RawWord[]
  /** The loops over listed words that it is in, the outermost first. */
  readonly loops: readonly Loop[]
  /** The innermost `if`, `while`, `case` or `||` that decides whether it is run. */
  readonly decidedBy: Decision | undefined
}

export interface RawWord {
  readonly parts: readonly WordPart[]
  readonly isQuoted: boolean
}

interface Loop {
  readonly name: string
  readonly values: readonly RawWord[]
}

export interface Decision {
  readonly word: string
  readonly line: number
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[]
  /** Names of its functions. */
  readonly functions: ReadonlySet<string>
  /** Where a shell would refuse the whole script, and why. */
  readonly mistakes: readonly { readonly line: number; readonly why: string }[]
}

/** What encloses commands, with the word that ends it. */
interface Block {
  readonly end: string
  readonly decision?: Decision
  readonly loop?: Loop
}

const ends: Readonly<Record<string, string>> = { if: 'fi', while: 'done', until: 'done', case: 'esac', '{': '}' }
const between = ['then', 'else', 'elif', 'do', 'in', '!', 'time']

/**
 * The simple commands of a shell script, in the order in which they stand: those of functions, branches and loops, too. A script that
 * a shell refuses is read all the same, and its mistakes are named.
 */
export function shellCommands(script: string): ShellScript {
  const reader = new Reader(shellTokens(script))
  reader.readAll()
  return reader
}

class Reader implements ShellScript {
  readonly commands: ShellCommand[] = []
  readonly functions = new Set<string>()
  readonly mistakes: { readonly line: number; readonly why: string }[] = []
  readonly #tokens: readonly ShellToken[]
  readonly #blocks: Block[] = []
  #at = 0
  /** `&&`, `||` or `|` before, which want a command. */
  #wanting: string | undefined

  constructor(tokens: readonly ShellToken[]) {
    this.#tokens = tokens
  }

  readAll(): void {
    while (this.#at < this.#tokens.length) this.#readNext()
    const line = this.#tokens.at(-1)?.line ?? 1
    if (this.#wanting !== undefined) this.#refuse(line, 'its end')
    const [open] = this.#blocks
    if (open !== undefined) this.mistakes.push({ line, why: `"${open.end}" is missing before the end` })
  }

  #readNext(): void {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word') {
      this.#readOperator(token?.text)
      return
    }
    const word = bareWord(token)
    if (word !== undefined && this.#blocks.at(-1)?.end === word) {
      this.#close(word, token.line)
      return
    }
    if (word !== undefined && this.#readReserved(word, token.line)) return
    this.#readSimple(token.line)
  }

  #readOperator(text: string | undefined): void {
    this.#at += 1
    if (text === '&&' || text === '||' || text === '|') this.#wanting = text
    else if (text !== '\n' && text !== '(') this.#wanting = undefined
  }

  #close(word: string, line: number): void {
    if (this.#wanting !== undefined) this.#refuse(line, `"${word}"`)
    this.#blocks.pop()
    this.#at += 1
  }

  #refuse(line: number, before: string): void {
    this.mistakes.push({
      line,
      why: `a command is missing between ${this.#wanting ?? ''} and ${before}: a shell refuses the whole script`,
    })
    this.#wanting = undefined
  }

  #readReserved(word: string, line: number): boolean {
    if (word === '[[') return this.#skipTo(']]')
    if (word === 'for' || word === 'select') return this.#openLoop(line)
    if (word === 'case') this.#skipTo('in')
    else if (word === 'function') this.#openFunction()
    else if (between.includes(word) || Object.hasOwn(ends, word)) this.#at += 1
    else return false
    const end = ends[word]
    if (end !== undefined) this.#blocks.push({ end, ...(word === '{' ? {} : { decision: { word, line } }) })
    return true
  }

  /** `for NAME in WORD…`, up to its `do`. */
  #openLoop(line: number): true {
    const [, name, ...rest] = this.#wordsFromHere()
    const values = rest[0] !== undefined && bareWord(rest[0]) === 'in' ? rest.slice(1) : []
    const loop = { name: name === undefined ? '' : (bareWord(name) ?? ''), values }
    this.#blocks.push({ end: 'done', ...(values.length === 0 ? { decision: { word: 'for', line } } : { loop }) })
    return true
  }

  /** bash's `function NAME {`. */
  #openFunction(): void {
    this.#at += 1
    const name = this.#tokens[this.#at]
    if (name?.kind === 'word') this.functions.add(bareWord(name) ?? '')
    this.#at += 1
  }

  #skipTo(end: string): true {
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at]
      this.#at += 1
      if (token?.kind === 'word' ? bareWord(token) === end : token?.text === '\n') break
    }
    this.#wanting = undefined
    return true
  }

  #wordsFromHere(): readonly RawWord[] {
    const words: RawWord[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'word') return words
      words.push(token)
      this.#at += 1
    }
  }

  #readSimple(line: number): void {
    const before = this.#wanting
    const words = this.#wordsFromHere()
    const [first] = words
    const [next, after] = [this.#operatorAt(0), this.#operatorAt(1)]
    this.#wanting = undefined
    if (next === '(' && after === ')' && first !== undefined) {
      this.functions.add(bareWord(first) ?? '')
      this.#at += 2
      return
    }
    // `pattern)` of a case.
    if (next === ')' && this.#blocks.at(-1)?.end === 'esac') return
    const decided = this.#blocks.findLast(({ decision }) => decision !== undefined)?.decision
    this.commands.push({
      line,
      words,
      loops: this.#blocks.flatMap(({ loop }) => loop ?? []),
      decidedBy: before === '||' ? { word: '||', line } : decided,
    })
  }

  #operatorAt(ahead: number): string | undefined {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'operator' ? token.text : undefined
  }
}

/** What a word is where no quote and no variable is in it; only such a word is reserved. */
export function bareWord({ parts, isQuoted }: RawWord): string | undefined {
  const [only, ...more] = parts
  return only?.kind === 'literal' && more.length === 0 && !isQuoted ? only.text : undefined
}
