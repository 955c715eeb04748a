import { fail, ok, type Result } from '../../base/result.ts'

/**
 * What `-o jsonpath=` takes, in kubectl's words (https://kubernetes.io/docs/reference/kubectl/jsonpath/):
 * text, `{expression}`, `{"text"}` and `{range expression}…{end}`.
 */
export type JsonPathTemplate = readonly TemplatePart[]

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'range'; readonly over: readonly PathStep[]; readonly body: JsonPathTemplate }

export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'every' }
  /** The value and everything under it. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice'
      readonly from: number | undefined
      readonly to: number | undefined
      readonly step: number | undefined
    }
  | { readonly kind: 'union'; readonly members: readonly PathStep[] }
  | { readonly kind: 'filter'; readonly left: Operand; readonly test: Comparison }

export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }

/** `exists` has no right side. */
export type Comparison =
  | { readonly kind: 'exists' }
  | { readonly kind: (typeof operators)[number]; readonly right: Operand }

const operators = ['==', '!=', '<=', '>=', '<', '>'] as const

class Unreadable extends Error {}

/** The template, or what is wrong with it. Without a brace the whole is one expression, with or without its dot. */
export function parseJsonPath(text: string): Result<JsonPathTemplate, string> {
  const braced = text.includes('{') ? text : `{${/^[.[@$]/.test(text) ? text : `.${text}`}}`
  try {
    const parts = partsOf(braced)
    return ok(nested(parts, 'outermost').body)
  } catch (cause) {
    if (cause instanceof Unreadable) return fail(cause.message)
    throw cause
  }
}

type FlatPart =
  | Extract<TemplatePart, { kind: 'text' | 'expression' }>
  | { readonly kind: 'begin'; readonly over: readonly PathStep[] }
  | { readonly kind: 'end' }

function partsOf(template: string): readonly FlatPart[] {
  const parts: FlatPart[] = []
  for (let at = 0; at < template.length;) {
    const open = template.indexOf('{', at)
    const text = template.slice(at, open === -1 ? undefined : open)
    if (text !== '') parts.push({ kind: 'text', text })
    if (open === -1) break
    const close = closing(template, open)
    parts.push(...actionOf(template.slice(open + 1, close).trim()))
    at = close + 1
  }
  return parts
}

/** Where the brace closes; one inside quotes does not. */
function closing(template: string, open: number): number {
  const rest = /^\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'}])*\}/.exec(template.slice(open))
  if (rest === null) throw new Unreadable(`the brace in ${template.slice(open)} is not closed`)
  return open + rest[0].length - 1
}

function actionOf(action: string): readonly FlatPart[] {
  if (action === 'end') return [{ kind: 'end' }]
  const range = /^range\s+(.*)$/s.exec(action)?.[1]
  if (range !== undefined) return [{ kind: 'begin', over: stepsOf(range) }]
  const quoted = constantOf(action)
  if (typeof quoted === 'string') return [{ kind: 'text', text: quoted }]
  return action === '' ? [] : [{ kind: 'expression', steps: stepsOf(action) }]
}

function nested(
  parts: readonly FlatPart[],
  where: 'outermost' | 'range',
): { readonly body: JsonPathTemplate; readonly used: number } {
  const body: TemplatePart[] = []
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]
    if (part === undefined) break
    if (part.kind === 'end') {
      if (where === 'outermost') throw new Unreadable('{end} closes no {range …}')
      return { body, used: at + 1 }
    }
    if (part.kind === 'begin') {
      const inner = nested(parts.slice(at + 1), 'range')
      body.push({ kind: 'range', over: part.over, body: inner.body })
      at += inner.used
    } else body.push(part)
  }
  if (where === 'range') throw new Unreadable('{range …} is closed by no {end}')
  return { body, used: parts.length }
}

/** `.metadata.name`, `.items[*]..name`, `@.spec`, `$`, `.a\.b`, `['a.b']`, `[?(@.x=="y")]`. */
function stepsOf(path: string): readonly PathStep[] {
  const steps: PathStep[] = []
  for (let rest = path.replace(/^[@$]/, '').trim(); rest !== '';) {
    const [used, found] = stepAt(rest, path)
    steps.push(...found)
    rest = rest.slice(used)
  }
  return steps
}

function stepAt(rest: string, path: string): readonly [used: number, steps: readonly PathStep[]] {
  if (rest.startsWith('..')) {
    const [name, text] = nameAt(rest.slice(2))
    return [2 + text, [{ kind: 'deep' }, ...(name === undefined ? [] : [name])]]
  }
  if (rest.startsWith('.')) {
    const [name, text] = nameAt(rest.slice(1))
    // `{.}` is the value itself; `.[0]` is `[0]`.
    return [1 + text, name === undefined ? [] : [name]]
  }
  if (rest.startsWith('[')) {
    const close = bracketEnd(rest)
    if (close === -1) throw new Unreadable(`a bracket in ${path} is not closed`)
    return [close + 1, [bracketed(rest.slice(1, close).trim(), path)]]
  }
  throw new Unreadable(`${path} cannot be read at "${rest}"; write .field, [0], [*], [?(@.field=="value")] or ..field`)
}

function nameAt(rest: string): readonly [PathStep | undefined, used: number] {
  const text = /^(?:\\.|[^.[\]\\\s(){}=!<>,])+/.exec(rest)?.[0]
  if (text === undefined) return [undefined, 0]
  return [text === '*' ? { kind: 'every' } : { kind: 'field', name: text.replaceAll(/\\(.)/g, '$1') }, text.length]
}

/** Brackets may hold quotes and, in a filter, brackets. */
function bracketEnd(rest: string): number {
  let depth = 0
  for (const { 0: token, index } of rest.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[\]]/g)) {
    if (token === '[') depth += 1
    if (token !== ']') continue
    depth -= 1
    if (depth === 0) return index
  }
  return -1
}

function bracketed(inner: string, path: string): PathStep {
  const filter = /^\?\((.*)\)$/s.exec(inner)?.[1]
  if (filter !== undefined) return filterOf(filter)
  const members = inner.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^,\s]+/g) ?? []
  if (members.length > 1) return { kind: 'union', members: members.map((member) => bracketed(member, path)) }
  if (inner === '*') return { kind: 'every' }
  const quoted = constantOf(inner)
  if (typeof quoted === 'string') return { kind: 'field', name: quoted }
  if (/^-?\d+$/.test(inner)) return { kind: 'index', index: Number(inner) }
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(inner)
  if (slice === null) throw new Unreadable(`[${inner}] in ${path} cannot be read`)
  const [from, to, step] = slice.slice(1).map((text) => (text ? Number(text) : undefined))
  return { kind: 'slice', from, to, step }
}

function filterOf(text: string): PathStep {
  const parts = /^((?:"[^"]*"|'[^']*'|[^"'=!<>])+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/s.exec(text.trim())
  if (parts === null) return { kind: 'filter', left: operandOf(text.trim()), test: { kind: 'exists' } }
  const [, left = '', sign, right = ''] = parts
  const kind = operators.find((operator) => operator === sign) ?? '=='
  return { kind: 'filter', left: operandOf(left.trim()), test: { kind, right: operandOf(right.trim()) } }
}

function operandOf(text: string): Operand {
  if (/^[@$.]/.test(text)) return { kind: 'path', steps: stepsOf(text) }
  const value = constantOf(text)
  if (value === undefined) throw new Unreadable(`${text} is neither a path (@.field), a number nor "text"`)
  return { kind: 'constant', value }
}

function constantOf(text: string): string | number | boolean | null | undefined {
  const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2]
  if (quoted !== undefined) return unescaped(quoted)
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
  return Object.hasOwn(words, text) ? words[text] : undefined
}

function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => letters[letter] ?? letter)
}
