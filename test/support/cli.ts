import { runCli } from '../../src/cli/run-cli.ts'
import type { Around, Terminal } from '../../src/cli/terminal.ts'

export interface CliRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `weir` in this process, with terminals that remember. */
export async function weir(
  words: readonly string[],
  given: Partial<Around> & { readonly input?: string } = {},
): Promise<CliRun> {
  const stdout = recordingTerminal()
  const stderr = recordingTerminal()
  const around: Around = {
    env: {},
    cwd: process.cwd(),
    stdin: () => Promise.resolve(Buffer.from(given.input ?? '')),
    stdout: stdout.terminal,
    stderr: stderr.terminal,
    signal: new AbortController().signal,
    ...given,
  }
  const code = await runCli(words, around)
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function recordingTerminal(): { readonly terminal: Terminal; readonly text: () => string } {
  let text = ''
  const terminal: Terminal = {
    write: (more) => {
      text += more
    },
    isTty: false,
    columns: 100,
    hasColour: false,
  }
  return { terminal, text: () => text }
}
