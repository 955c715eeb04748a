import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from './machine.ts'

export interface Results {
  /** The benchmark's name: the files are called after it. */
  readonly name: string
  readonly machine: Machine
  /** One row a measurement, for programs. */
  readonly rows: readonly object[]
  /** The same for people: lines of Markdown. */
  readonly markdown: readonly string[]
}

const folder = join(import.meta.dirname, '..', '..', 'bench', 'results')

/** Writes `bench/results/NAME.json` and `NAME.md`, over what an earlier run wrote, and returns where. */
export async function writeResults({ name, machine, rows, markdown }: Results): Promise<string> {
  await mkdir(folder, { recursive: true })
  const measuredOn = new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC'
  const body = JSON.stringify({ bench: name, measuredOn, machine, rows }, undefined, 2)
  await writeFile(join(folder, `${name}.json`), `${body}\n`)
  const text = [`# bench ${name}`, '', ...describe(machine, measuredOn), '', ...markdown, '']
  await writeFile(join(folder, `${name}.md`), text.join('\n'))
  return `bench/results/${name}.md`
}

function describe({ cores, cpu, memoryGiB, platform, load, versions }: Machine, measuredOn: string): string[] {
  const parts = Object.entries(versions).map(([what, version]) => `${what} ${version}`)
  return [
    `Measured ${measuredOn}; ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${platform}; ${parts.join(', ')}.`,
    `The load average at the start was ${load}.`,
  ]
}
