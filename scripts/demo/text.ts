import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Text {
  readonly lines: readonly string[]
  readonly files: number
  readonly packages: number
}

/** Licences and readmes of the installed packages: text that nobody here wrote, in the same order every time. */
export function textOfPackages(nodeModules: string, atLeast: number): Text {
  const lines: string[] = []
  const packages = new Set<string>()
  let files = 0
  for (const folder of packagesIn(nodeModules)) {
    for (const name of sorted(folder).filter((file) => /^(licen[cs]e|readme)/i.test(file))) {
      const path = join(folder, name)
      if (!statSync(path).isFile()) continue
      lines.push(
        ...readFileSync(path, 'utf8')
          .split(/\r?\n/)
          .filter((line) => line.trim() !== ''),
      )
      packages.add(folder)
      files += 1
    }
    if (lines.length >= atLeast) return { lines: lines.slice(0, atLeast), files, packages: packages.size }
  }
  throw new Error(
    `the installed packages have ${lines.length} lines of licences and readmes; ${atLeast} are needed. Run: npm ci`,
  )
}

function packagesIn(folder: string): readonly string[] {
  return sorted(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? packagesIn(join(folder, name)) : [join(folder, name)]))
    .filter((path) => statSync(path).isDirectory())
}

/** By code unit and not by the machine's language. */
const sorted = (folder: string): readonly string[] => readdirSync(folder).toSorted()
