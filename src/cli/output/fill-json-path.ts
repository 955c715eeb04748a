import { unreachable } from '../../base/unreachable.ts'
import type { Comparison, JsonPathTemplate, Operand, PathStep, TemplatePart } from './json-path.ts'

/** The template filled from an object. Like kubectl: what is missing leaves nothing, several values get a space between. */
export function fillJsonPath(template: JsonPathTemplate, object: unknown): string {
  return template.map((part) => partText(part, object)).join('')
}

function partText(part: TemplatePart, object: unknown): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'expression':
      return valuesAt(part.steps, object).map(valueText).join(' ')
    case 'range':
      return valuesAt(part.over, object)
        .map((value) => fillJsonPath(part.body, value))
        .join('')
    default:
      return unreachable(part)
  }
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value, inKeyOrder)
}

/** Go, and so kubectl, writes a map in the order of its keys. */
function inKeyOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function valuesAt(steps: readonly PathStep[], start: unknown): readonly unknown[] {
  return steps.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => stepInto(value, step)), [start])
}

function stepInto(value: unknown, step: PathStep): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return fieldOf(value, step.name)
    case 'every':
      return innerOf(value)
    case 'deep':
      return [value, ...innerOf(value).flatMap((inner) => stepInto(inner, step))]
    case 'index':
      return Array.isArray(value) ? itemAt(value, step.index) : []
    case 'slice':
      return Array.isArray(value) ? sliceOf(value, step) : []
    case 'union':
      return step.members.flatMap((member) => stepInto(value, member))
    case 'filter':
      return innerOf(value).filter((inner) => passes(inner, step.left, step.test))
    default:
      return unreachable(step)
  }
}

function fieldOf(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return []
  const field: unknown = Reflect.get(value, name)
  return [field]
}

function innerOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function itemAt(list: readonly unknown[], index: number): readonly unknown[] {
  const at = index < 0 ? list.length + index : index
  return at >= 0 && at < list.length ? [list[at]] : []
}

function sliceOf(
  list: readonly unknown[],
  { from, to, step = 1 }: Extract<PathStep, { kind: 'slice' }>,
): readonly unknown[] {
  const every = Math.max(1, step)
  return list.slice(from, to).filter((_, index) => index % every === 0)
}

function passes(value: unknown, left: Operand, test: Comparison): boolean {
  const [first] = operandValues(left, value)
  if (test.kind === 'exists') return operandValues(left, value).length > 0
  const [second] = operandValues(test.right, value)
  switch (test.kind) {
    case '==':
      return first === second
    case '!=':
      return first !== second
    case '<':
      return order(first, second) < 0
    case '<=':
      return order(first, second) <= 0
    case '>':
      return order(first, second) > 0
    case '>=':
      return order(first, second) >= 0
    default:
      return unreachable(test)
  }
}

function operandValues(operand: Operand, value: unknown): readonly unknown[] {
  return operand.kind === 'constant' ? [operand.value] : valuesAt(operand.steps, value)
}

/** Not a number, and so no order, between values of two kinds. */
function order(first: unknown, second: unknown): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second
  if (typeof first !== 'string' || typeof second !== 'string') return Number.NaN
  return first < second ? -1 : Number(first > second)
}
