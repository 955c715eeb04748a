import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Mutant } from './mutants.ts'

export interface Planted extends Mutant {
  readonly file: string
}

const flags = ['--import', './scripts/mutate/preload.mjs', '--test', '--test-isolation=none', '--test-timeout=20000']

/** Whether the tests pass with one change planted, or with none. Those that have not ended by then do not pass. */
export function testsPass(tests: readonly string[], planted: Planted | undefined, forMs: number): Promise<boolean> {
  const mutant = planted && { ...planted, url: pathToFileURL(planted.file).href }
  const child = spawn(process.execPath, [...flags, '--test-reporter=tap', ...globSync([...tests])], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(tmpdir(), 'weir-mutate-cache'),
      ...(mutant && { WEIR_MUTANT: JSON.stringify(mutant) }),
    },
  })
  const end = (): boolean => child.kill('SIGKILL')
  const alarm = setTimeout(end, forMs)
  child.stdout.setEncoding('utf8').on('data', (lines: string) => {
    // The first failure is enough.
    if (/^\s*not ok/m.test(lines)) end()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(alarm)
      resolve(code === 0)
    })
  })
}
