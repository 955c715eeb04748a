import { fieldsOf } from '../../base/fields-of.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { palette, type Palette } from '../terminal.ts'
import { worst } from '../say-failure.ts'
import { declaredTitle, declareObject, keptObject, type DeclaredObject } from './declared-object.ts'
import type { PlaneWork } from './plane-command.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'

/** `weir diff`: the object as the control plane keeps it against what an apply would make of it, defaults and all. Writes nothing. */
export async function diffOnPlane(declared: readonly DeclaredObject[], work: PlaneWork): Promise<ExitCode> {
  const { around } = work
  if (declared.length === 0) {
    around.stderr.write('weir diff: name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in\n')
    return exitCodes.invalid
  }
  const codes: ExitCode[] = []
  for (const object of declared) codes.push(await diffOne(object, work))
  return worst(codes)
}

async function diffOne(declared: DeclaredObject, work: PlaneWork): Promise<ExitCode> {
  const { around } = work
  const title = declaredTitle(declared)
  const live = await keptObject(declared, work)
  if (!live.ok) return sayPlaneFailure(title, live.error, around)
  const wished = await declareObject(declared, { isForced: true, isDry: true }, work)
  if (!wished.ok) return sayPlaneFailure(title, wished.error, around)
  const text = objectDiff(title, live.value, wished.value.body, palette(around.stdout))
  around.stdout.write(text)
  return text === '' ? exitCodes.ok : exitCodes.differences
}

/** One line for each field: `-spec.scaling.min: 1`, `+spec.scaling.min: 2`. */
function objectDiff(title: string, live: unknown, wished: unknown, paint: Palette): string {
  const [before, after] = [fieldLines(declaredPart(live)), fieldLines(declaredPart(wished))]
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path))
  if (paths.length === 0) return ''
  const lines = paths.flatMap((path) => fieldDiff(path, before.get(path), after.get(path), paint))
  return [paint.bold(`--- live/${title}`), paint.bold(`+++ asked/${title}`), ...lines, ''].join('\n')
}

function fieldDiff(
  path: string,
  before: string | undefined,
  after: string | undefined,
  paint: Palette,
): readonly string[] {
  const [old, wished] = [textLines(before), textLines(after)]
  if (old === undefined && wished === undefined) {
    return [
      ...(before === undefined ? [] : [paint.red(`-${path}: ${before}`)]),
      ...(after === undefined ? [] : [paint.green(`+${path}: ${after}`)]),
    ]
  }
  return textDiff(path, old ?? [], wished ?? [], paint)
}

/** The lines of a text that has several, given as JSON; undefined: it is none. */
function textLines(json: string | undefined): readonly string[] | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  return typeof value === 'string' && value.trimEnd().includes('\n') ? value.trimEnd().split('\n') : undefined
}

/** What differs of two texts, without the lines that both begin and end with. */
function textDiff(path: string, old: readonly string[], wished: readonly string[], paint: Palette): readonly string[] {
  const shorter = Math.min(old.length, wished.length)
  let same = 0
  while (same < shorter && old[same] === wished[same]) same += 1
  let tail = 0
  while (tail < shorter - same && old.at(-1 - tail) === wished.at(-1 - tail)) tail += 1
  return [
    paint.cyan(`@@ ${path}, from line ${same + 1} @@`),
    ...old.slice(same, old.length - tail).map((line) => paint.red(`-${line}`)),
    ...wished.slice(same, wished.length - tail).map((line) => paint.green(`+${line}`)),
  ]
}

/** What people declare; the rest is the control plane's own. */
function declaredPart(object: unknown): unknown {
  const { metadata, spec } = fieldsOf(object)
  const { labels, annotations } = fieldsOf(metadata)
  return { metadata: { labels, annotations }, spec }
}

/** Each leaf by its path; entries of a list by their name, where they have one. */
function fieldLines(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null)
    return new Map(value === undefined ? [] : [[path, JSON.stringify(value)]])
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => [`${path}[${itemName(item) ?? index}]`, item] as const)
    : Object.entries(value).map(
        ([name, item]: [string, unknown]) => [path === '' ? name : `${path}.${name}`, item] as const,
      )
  return new Map(entries.flatMap(([inner, item]) => [...fieldLines(item, inner)]))
}

function itemName(item: unknown): string | undefined {
  const { name } = fieldsOf(item)
  return typeof name === 'string' ? name : undefined
}
