import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startApi, type ApiUnderTest } from './api-server.ts'
import { weir, type CliRun } from './cli.ts'

export interface WeirWithPlane {
  readonly api: ApiUnderTest
  readonly folder: string
  readonly run: (words: readonly string[], input?: string, env?: Readonly<Record<string, string>>) => Promise<CliRun>
}

/** The control plane's API over a record in memory, and a `weir` whose kubeconfig names it. */
export async function weirWithPlane(t: TestContext): Promise<WeirWithPlane> {
  const api = await startApi()
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-cli-'))
  t.after(async () => {
    await api.close()
    await rm(folder, { recursive: true, force: true })
  })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 })
  return {
    api,
    folder,
    run: (words, input = '', env = {}) =>
      weir(words, { input, env: { WEIR_KUBECONFIG: kubeconfig, ...env }, cwd: folder }),
  }
}
