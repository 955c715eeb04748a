import { ApiFailure, failure } from '../api-status.ts'

type Labels = Readonly<Record<string, string>>
export type LabelSelector = (labels: Labels) => boolean

/** Kubernetes API concepts, "Label selectors": `a=b, a!=b, a in (b,c), a notin (b), a, !a`, all of them to hold. */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideBrackets(text)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRequirement)
  return (labels) => requirements.every((holds) => holds(labels))
}

const key = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`
const forms: readonly { readonly pattern: RegExp; readonly read: (name: string, value: string) => LabelSelector }[] = [
  { pattern: new RegExp(`^!\\s*(${key})()$`), read: (name) => (labels) => labels[name] === undefined },
  { pattern: new RegExp(`^(${key})()$`), read: (name) => (labels) => labels[name] !== undefined },
  {
    pattern: new RegExp(`^(${key})\\s*!=\\s*([\\w.-]*)$`),
    read: (name, value) => (labels) => labels[name] !== value,
  },
  { pattern: new RegExp(`^(${key})\\s*==?\\s*([\\w.-]*)$`), read: (name, value) => (labels) => labels[name] === value },
  {
    pattern: new RegExp(`^(${key})\\s+in\\s*\\(([^()]*)\\)$`),
    read: (name, values) => (labels) => labels[name] !== undefined && listOf(values).includes(labels[name]),
  },
  {
    pattern: new RegExp(`^(${key})\\s+notin\\s*\\(([^()]*)\\)$`),
    read: (name, values) => (labels) => labels[name] === undefined || !listOf(values).includes(labels[name]),
  },
]

function parseRequirement(text: string): LabelSelector {
  for (const { pattern, read } of forms) {
    const [, name, value = ''] = pattern.exec(text) ?? []
    if (name !== undefined) return read(name, value)
  }
  throw new ApiFailure(
    failure('BadRequest', `unable to parse requirement: ${JSON.stringify(text)}; write a=b, a!=b, a in (b,c), a or !a`),
  )
}

function listOf(values: string): readonly string[] {
  return values.split(',').map((value) => value.trim())
}

function splitOutsideBrackets(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/)
}
