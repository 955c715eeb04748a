import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { exitCodes } from './exit-code.ts'
import { wantsColour, type Around, type Terminal } from './terminal.ts'

const words = process.argv.slice(2).filter((word) => word !== '--no-color')
const env = process.argv.includes('--no-color') ? { ...process.env, NO_COLOR: '1' } : process.env

function terminal(stream: NodeJS.WriteStream & { readonly fd: number }): Terminal {
  // Whoever reads us may go away early (`weir explain streamapp | head`): that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    throw error
  })
  const isTty = isatty(stream.fd)
  return {
    write: (text) => {
      stream.write(text)
    },
    isTty,
    columns: isTty ? stream.columns : 100,
    hasColour: wantsColour(env, isTty),
  }
}

/** The first signal asks for a tidy end, the second takes no answer. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted)
    stop.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return stop.signal
}

async function main(): Promise<void> {
  const signal = stopSignal()
  const around: Around = {
    env,
    cwd: process.cwd(),
    stdin: () => buffer(addAbortSignal(signal, process.stdin)),
    stdout: terminal(process.stdout),
    stderr: terminal(process.stderr),
    signal,
  }
  if (words[0] === '--version' || words[0] === '-V') {
    around.stdout.write(`${versionOf(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))}\n`)
    return
  }
  const { runCli } = await import('./run-cli.ts')
  try {
    const code = await runCli(words, around)
    process.exitCode = around.signal.aborted ? exitCodes.interrupted : code
  } catch (error) {
    if (around.signal.aborted) {
      process.exitCode = exitCodes.interrupted
      return
    }
    around.stderr.write(
      `weir: a mistake in weir itself, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
    )
    process.exitCode = exitCodes.bug
  }
}

function versionOf(packageText: string): string {
  return /"version": "([^"]+)"/.exec(packageText)?.[1] ?? 'unknown'
}

await main()
