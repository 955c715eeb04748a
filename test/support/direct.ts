import type { TestContext } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { HerokuOptions } from '../../src/local/heroku/options.ts'
import { weir, type CliRun } from './cli.ts'
import { startEmulator, type Emulator } from './heroku-emulator.ts'

export interface Direct {
  readonly emulator: Emulator
  /** Runs `weir VERB -f - --direct` on the manifest, with more words behind. */
  readonly run: (verb: string, manifest: string, ...words: readonly string[]) => Promise<CliRun>
  readonly env: Readonly<Record<string, string>>
  /** The id of the Kafka add-on. */
  readonly addonId: string
  /** From now on the data API's certificate is not trusted, until the answer is called. */
  readonly distrust: () => () => void
}

/** `weir` with --direct against the emulator over real sockets: app my-heroku-app, deployed, with a Kafka add-on. */
export async function direct(
  t: TestContext,
  given: Partial<HerokuOptions> & { readonly plan?: string } = {},
): Promise<Direct> {
  const { plan = 'heroku-kafka:basic-0', ...options } = given
  const emulator = await startEmulator(t, options)
  await emulator.deployed('my-heroku-app')
  const addonId = await emulator.kafka('my-heroku-app', plan)
  const usual = getCACertificates('default')
  const trust = (): void => setDefaultCACertificates([...usual, emulator.heroku.caPem])
  trust()
  t.after(() => setDefaultCACertificates(usual))
  const { apiUrl, dataHost, apiKey } = emulator.heroku
  const env = { HEROKU_API_KEY: apiKey, HEROKU_HOST: apiUrl, HEROKU_DATA_HOST: dataHost }
  emulator.heroku.knobs.requests.length = 0
  return {
    emulator,
    env,
    addonId,
    distrust: () => {
      setDefaultCACertificates(usual)
      return trust
    },
    run: (verb, manifest, ...words) => weir([verb, '-f', '-', '--direct', ...words], { env, input: manifest }),
  }
}
