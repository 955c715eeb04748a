import { fail, ok, type Result } from '../../base/result.ts'
import type { Given } from '../command.ts'
import { parseJsonPath, type JsonPathTemplate } from './json-path.ts'

/** What `-o` asks for. */
export type OutputFormat = CellFormat | DocumentFormat

type CellFormat = { readonly kind: 'table' } | { readonly kind: 'wide' }

/** Formats that show objects themselves. */
export type DocumentFormat =
  | { readonly kind: 'json' | 'yaml' | 'name' }
  | { readonly kind: 'jsonpath'; readonly template: JsonPathTemplate }

export function showsCells(format: OutputFormat): format is CellFormat {
  return format.kind === 'table' || format.kind === 'wide'
}

const words = ['table', 'wide', 'json', 'yaml', 'name'] as const

export const outputHelp = 'table, wide, json, yaml, name or jsonpath=TEMPLATE'

/** `-o text` is a table's older name. */
export function outputFormat({ options }: Pick<Given, 'options'>): Result<OutputFormat, string> {
  const asked = typeof options['output'] === 'string' ? options['output'] : 'table'
  const template = /^jsonpath=(.*)$/s.exec(asked)?.[1]
  if (template !== undefined) {
    const parsed = parseJsonPath(template)
    return parsed.ok ? ok({ kind: 'jsonpath', template: parsed.value }) : fail(`-o jsonpath: ${parsed.error}`)
  }
  const kind = asked === 'text' ? 'table' : words.find((word) => word === asked)
  return kind === undefined ? fail(`-o takes ${outputHelp}, not ${asked}`) : ok({ kind })
}
