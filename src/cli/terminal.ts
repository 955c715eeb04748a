import { styleText } from 'node:util'

/** One of stdout and stderr; each decides on colour by itself. */
export interface Terminal {
  write(text: string): void
  readonly isTty: boolean
  readonly columns: number
  readonly hasColour: boolean
}

/** What a command may touch of the world around it. `main.ts` makes the real one, tests their own. */
export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: () => Promise<Uint8Array>
  /** Data; nothing else is ever written here. */
  readonly stdout: Terminal
  /** Messages, progress, questions. */
  readonly stderr: Terminal
  /** Fires on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
}

export type Palette = Readonly<Record<'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', (text: string) => string>>

/** Renderers take a palette and stay pure. */
export function palette({ hasColour }: Pick<Terminal, 'hasColour'>): Palette {
  const painter = (style: keyof Palette) => (text: string) =>
    hasColour ? styleText(style, text, { validateStream: false }) : text
  return {
    red: painter('red'),
    green: painter('green'),
    yellow: painter('yellow'),
    cyan: painter('cyan'),
    bold: painter('bold'),
    dim: painter('dim'),
  }
}

/** NO_COLOR (https://no-color.org) and TERM=dumb switch colour off, FORCE_COLOR on, CI off; otherwise a TTY has it. */
export function wantsColour(env: Around['env'], isTty: boolean): boolean {
  const isSet = (name: string) => (env[name] ?? '') !== ''
  if (isSet('NO_COLOR') || env['TERM'] === 'dumb') return false
  if (isSet('FORCE_COLOR')) return env['FORCE_COLOR'] !== '0'
  return isTty && !isSet('CI')
}
