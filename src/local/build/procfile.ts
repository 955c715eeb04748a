import { fail, ok, type Result } from '../../base/result.ts'

export type ProcessTypes = Readonly<Record<string, string>>

/** Heroku's rule for the name of a process type (Platform API schema, `formation.type`). */
const processType = /^[-\w]{1,128}$/

/**
 * Process types and their commands. Heroku skips lines it cannot read in
 * silence; here each of them is a mistake, and all are reported at once.
 */
export function parseProcfile(text: string): Result<ProcessTypes, readonly string[]> {
  const types = new Map<string, string>()
  const mistakes: string[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const mistake = readLine(line, types)
    if (mistake !== null) mistakes.push(`Procfile:${index + 1}: ${mistake}`)
  }
  return mistakes.length > 0 ? fail(mistakes) : ok(Object.fromEntries(types))
}

function readLine(line: string, types: Map<string, string>): string | null {
  const colon = line.indexOf(':')
  if (colon === -1) return `${JSON.stringify(line)} is not of the form "type: command"`
  const [name, command] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  if (!processType.test(name)) return `${JSON.stringify(name)} is no process type: letters, digits, - and _ only`
  if (command === '') return `process type ${name} has no command after the colon`
  if (types.has(name)) return `process type ${name} stands here a second time`
  types.set(name, command)
  return null
}
