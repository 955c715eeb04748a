import type { ManifestMistake } from '../resource/manifest-mistake.ts'

/** GitHub keeps no more than this of each kind a step. */
const mostKept = 10

/**
 * Workflow commands by which GitHub Actions shows mistakes beside the changed lines.
 * Source: "Workflow commands for GitHub Actions", GitHub's documentation.
 */
export function githubAnnotations(mistakes: readonly ManifestMistake[], severity: 'error' | 'warning'): string {
  return mistakes
    .slice(0, mostKept)
    .map(({ file, line, column, endColumn, message, hint }) => {
      const properties = `file=${escapedProperty(file)},line=${line},col=${column},endColumn=${endColumn},title=weir validate`
      return `::${severity} ${properties}::${escaped(hint === undefined ? message : `${message} (${hint})`)}\n`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
