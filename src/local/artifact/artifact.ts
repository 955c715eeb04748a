import { readFileSync } from 'node:fs'

/** One Java archive of Maven's central repository, pinned. */
export interface Artifact {
  readonly group: string
  readonly name: string
  readonly version: string
  /** Maven's word for a second archive of the same version, such as `test`; '' for the main one. */
  readonly classifier: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly neededBy: readonly string[]
}

export type Need = 'broker' | 'streams' | 'smoke' | 'driver'

export const artifactFile = ({ name, version, classifier }: Artifact): string =>
  `${name}-${version}${classifier === '' ? '' : `-${classifier}`}.jar`

/** The pinned list of `artifacts.txt`, in its order: the class path keeps that order, as a class-data archive demands. */
export function artifactsFor(need: Need): readonly Artifact[] {
  return parseArtifacts(readFileSync(new URL('artifacts.txt', import.meta.url), 'utf8')).filter(({ neededBy }) =>
    neededBy.includes(need),
  )
}

export function parseArtifacts(text: string): readonly Artifact[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => parseArtifact(line, number))
}

const form =
  /^(?<group>[\w.-]+):(?<name>[\w.-]+):(?<version>[\w.-]+)(?::(?<classifier>[\w-]+))? (?<size>\d+) (?<sha256>[0-9a-f]{64}) (?<needs>[\w,]+)$/

function parseArtifact(line: string, number: number): Artifact {
  const { group, name, version, classifier = '', size, sha256, needs } = form.exec(line)?.groups ?? {}
  if (group === undefined || name === undefined || version === undefined || sha256 === undefined) {
    throw new Error(
      `line ${number} of artifacts.txt must read group:artifact:version[:classifier] size sha256 needs: ${line}`,
    )
  }
  return { group, name, version, classifier, sizeBytes: Number(size), sha256, neededBy: (needs ?? '').split(',') }
}
