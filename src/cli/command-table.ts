import type { CliCommand } from './command.ts'

export interface CommandRow {
  /** As typed: `validate`, or two words like `topology describe`. */
  readonly words: string
  readonly summary: string
  /** Loaded when it is asked for, so that no command pays for another. */
  readonly load: () => Promise<CliCommand>
}

/** Every command, in the order in which `weir --help` lists them. One line each. */
export const commandTable: readonly CommandRow[] = [
  {
    words: 'topology describe',
    summary: 'print the topology of a TypeScript file as Topology#describe() does',
    load: async () => (await import('./topology-describe.ts')).topologyDescribe,
  },
]

/** Ways in that `bin/weir` answers itself. */
export const elsewhere: readonly Pick<CommandRow, 'words' | 'summary'>[] = [
  { words: 'dev', summary: 'start the local platform: a Kafka broker and a Heroku emulator' },
  { words: 'worker', summary: 'run the topology of a TypeScript file; what a worker dyno runs' },
]
