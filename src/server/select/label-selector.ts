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
type Holds = (value: string | undefined) => boolean
const forms: readonly { readonly pattern: RegExp; readonly read: (given: string) => Holds }[] = [
  { pattern: new RegExp(`^!\\s*(${key})()$`), read: () => (value) => value === undefined },
  { pattern: new RegExp(`^(${key})()$`), read: () => (value) => value !== undefined },
  { pattern: new RegExp(`^(${key})\\s*!=\\s*([\\w.-]*)$`), read: (given) => (value) => value !== given },
  { pattern: new RegExp(`^(${key})\\s*==?\\s*([\\w.-]*)$`), read: (given) => (value) => value === given },
  {
    pattern: new RegExp(`^(${key})\\s+in\\s*\\(([^()]*)\\)$`),
    read: (given) => {
      const values = valuesOf(given)
      return (value) => value !== undefined && values.has(value)
    },
  },
  {
    pattern: new RegExp(`^(${key})\\s+notin\\s*\\(([^()]*)\\)$`),
    read: (given) => {
      const values = valuesOf(given)
      return (value) => value === undefined || !values.has(value)
    },
  },
]

function parseRequirement(text: string): LabelSelector {
  for (const { pattern, read } of forms) {
    const [, name, value = ''] = pattern.exec(text) ?? []
    if (name === undefined) continue
    const holds = read(value)
    // A label may be called `constructor`, and who has none by that name has none.
    return (labels) => holds(Object.hasOwn(labels, name) ? labels[name] : undefined)
  }
  throw new ApiFailure(
    failure(
      'BadRequest',
      `unable to parse requirement: ${JSON.stringify(text.slice(0, 200))}; write a=b, a!=b, a in (b,c), a or !a`,
    ),
  )
}

function valuesOf(given: string): ReadonlySet<string> {
  return new Set(given.split(',').map((value) => value.trim()))
}

/** In one walk, however many commas there are. */
function splitOutsideBrackets(text: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  let isInside = false
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') isInside = true
    else if (text[at] === ')') isInside = false
    else if (text[at] === ',' && !isInside) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}
