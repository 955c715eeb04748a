import { cpus, totalmem } from 'node:os'

/** The machine a result was measured on, without what would name it. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly platform: string
  /** The 1-minute load average when the measuring began: above the cores, others were at work too. */
  readonly load: number
  /** `node`, and what else took part: `java`, `kafka`. */
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine(load: number, versions: Readonly<Record<string, string>> = {}): Machine {
  const cores = cpus()
  return {
    cores: cores.length,
    cpu: cores[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    load: Math.round(load * 10) / 10,
    versions: { node: process.versions.node, ...versions },
  }
}
