/** A map or a list that is being read. */
interface Open {
  readonly path: string
  /** Of a map: the fields so far. */
  readonly seen: Set<string> | undefined
  /** Of a map: the field whose value comes next. Of a list: how many items came. */
  field: string | undefined
  items: number
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g

/**
 * Which fields of a text that is JSON stand in it more than once, as paths: `spec.topics[0].name`. `JSON.parse` keeps the
 * last of them and says nothing.
 */
export function repeatedFields(text: string): readonly string[] {
  const found = new Set<string>()
  const open: Open[] = []
  for (const [token] of text.matchAll(tokens)) {
    const inside = open.at(-1)
    if (token === '{' || token === '[') open.push(opened(token, inside))
    else if (token === '}' || token === ']') open.pop()
    else if (inside === undefined) continue
    else if (token === ',') next(inside)
    else if (inside.seen !== undefined && inside.field === undefined) name(inside, token, found)
  }
  return [...found]
}

function opened(token: string, inside: Open | undefined): Open {
  return { path: pathOf(inside), seen: token === '{' ? new Set() : undefined, field: undefined, items: 0 }
}

/** Of the value that comes next in it. */
function pathOf(inside: Open | undefined): string {
  if (inside === undefined) return ''
  if (inside.seen === undefined) return `${inside.path}[${inside.items}]`
  return inside.path === '' ? (inside.field ?? '') : `${inside.path}.${inside.field}`
}

function next(inside: Open): void {
  inside.field = undefined
  inside.items += 1
}

function name(inside: Open, token: string, found: Set<string>): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a text in quotes
  const field = JSON.parse(token) as string
  inside.field = field
  if (inside.seen?.has(field) === true) found.add(pathOf(inside))
  inside.seen?.add(field)
}
