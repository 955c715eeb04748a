import type { ChildProcess } from 'node:child_process'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Waits for a process to end, with all that it printed. Throws where it could not be started. */
export async function finished(child: ChildProcess): Promise<Finished> {
  const stdout: string[] = []
  const stderr: string[] = []
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => stdout.push(chunk))
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => stderr.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<Finished>()
  child.once('error', reject)
  child.once('close', (code) => resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') }))
  return await promise
}
