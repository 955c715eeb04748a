import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import type { ManifestFile } from '../resource/read-documents.ts'
import type { Palette } from './terminal.ts'

interface Shown {
  readonly severity: 'error' | 'warning'
  readonly files: readonly ManifestFile[]
  readonly paint: Palette
}

/**
 * Each mistake with the line it stands on and its text underlined:
 *
 *     word-count.yaml:7:21: error: partitions must be a whole number, not "six"
 *         7 |     - { name: lines, partitions: six }
 *           |                                  ^^^
 *           = did you mean …
 */
export function renderMistakes(mistakes: readonly ManifestMistake[], shown: Shown): string {
  const lines = new Map(shown.files.map(({ name, bytes }) => [name, linesOf(bytes)]))
  return mistakes.map((mistake) => renderMistake(mistake, lines.get(mistake.file) ?? [], shown)).join('')
}

function renderMistake(mistake: ManifestMistake, lines: readonly string[], { severity, paint }: Shown): string {
  const { file, line, column, message, hint } = mistake
  const word = severity === 'error' ? paint.red('error') : paint.yellow('warning')
  const head = `${paint.bold(`${printable(file)}:${line}:${column}`)}: ${word}: ${printable(message)}\n`
  const margin = ' '.repeat(String(line).length + 4)
  const source = lines[line - 1]
  const quoted = source === undefined || source.trim() === '' ? '' : quote(mistake, source, margin, paint)
  return `${head}${quoted}${hint === undefined ? '' : `${margin} ${paint.cyan('=')} ${printable(hint)}\n`}`
}

const mostShown = 120

function quote({ line, column, endColumn }: ManifestMistake, source: string, margin: string, paint: Palette): string {
  // A line too long to show is shown from a little before the mistake.
  const from = column > mostShown - 40 ? column - 20 : 0
  const text = printable(source.slice(from, from + mostShown))
  const before = text.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ')
  const length = Math.max(1, Math.min(endColumn - column, text.length - before.length))
  return [
    `    ${paint.dim(`${line} |`)} ${text}\n`,
    `${margin} ${paint.dim('|')} ${before}${paint.red('^'.repeat(length))}\n`,
  ].join('')
}

function linesOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
}

/** A file must not be able to move our cursor or paint our screen. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this takes out
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·')
}
