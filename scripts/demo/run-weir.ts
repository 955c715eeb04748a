import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface WeirRun {
  /** The `weir` of this checkout. */
  readonly weir: string
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly line: (text: string) => void
}

/** Runs `weir` as a person would, and hands on each line it says. Resolves to its exit code. */
export async function runWeir({ weir, words, env, line }: WeirRun, signal: AbortSignal): Promise<number> {
  const child = spawn(weir, [...words], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal })
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', line)
  await once(child, 'close')
  return child.exitCode ?? 1
}
