import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../src/host/system-clock.ts'
import { startBroker, type Broker } from '../../../src/local/broker/broker.ts'
import type { LocalCluster } from '../../../src/local/cluster.ts'
import { createDynos } from '../../../src/local/dyno/dynos.ts'
import { startGuardian, type Guardian } from '../../../src/local/dyno/guardian.ts'
import { createProcessLauncher } from '../../../src/local/dyno/process-launcher.ts'
import { portIsOpen } from '../../../src/local/dyno/web-port.ts'
import { freePort } from '../../../src/local/free-ports.ts'
import { startHeroku } from '../../../src/local/heroku/heroku.ts'
import type { Heroku } from '../../../src/local/heroku/options.ts'
import { machineCache } from '../../../test/support/machine-cache.ts'
import { HeldChild } from './held-child.ts'
import { HeldPostgres } from '../held-postgres.ts'

/** Who speaks to the API in the soak. */
export const token = 'a-token-of-the-soak-0123456789'
const hookSecret = 'the-hook-secret-of-the-soak'

/** A real broker, a real Postgres, the Heroku emulator, two clock dynos and a web dyno, each of which can be killed. */
export class ControlStage implements AsyncDisposable {
  readonly folder: string
  readonly heroku: Heroku
  readonly url: string
  readonly clocks: readonly HeldChild[]
  readonly web: HeldChild
  readonly postgres: HeldPostgres
  readonly #guardian: Guardian
  readonly #held: { broker: Broker }
  #keep = false

  private constructor(parts: {
    readonly folder: string
    readonly guardian: Guardian
    readonly held: { broker: Broker }
    readonly heroku: Heroku
    readonly postgres: HeldPostgres
    readonly port: number
  }) {
    const { folder, guardian, held, heroku, postgres, port } = parts
    this.folder = folder
    this.heroku = heroku
    this.postgres = postgres
    this.#guardian = guardian
    this.#held = held
    this.url = `http://127.0.0.1:${port}`
    const common = { DATABASE_URL: postgres.url, WEIR_HOOK_SECRET: hookSecret, WEIR_URL: this.url }
    const calls = {
      HEROKU_API_KEY: heroku.apiKey,
      HEROKU_HOST: heroku.apiUrl,
      HEROKU_DATA_HOST: heroku.dataHost,
      NODE_EXTRA_CA_CERTS: heroku.caFile,
      WEIR_RESYNC: '* * * * *',
    }
    const log = (name: string): string => join(folder, `${name}.log`)
    this.clocks = ['clock.1', 'clock.2'].map(
      (name) => new HeldChild(name, ['clock'], { ...common, ...calls }, log(name)),
    )
    // Not a dyno by name: it then listens on loopback alone.
    const serving = { ...common, WEIR_TOKEN: token, PORT: String(port) }
    this.web = new HeldChild('', ['web'], serving, log('web'))
    process.once('exit', this.#killAll)
  }

  static async open(): Promise<ControlStage> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-soak-'))
    await chmod(folder, 0o711) // run by root, Postgres is another user and must get through
    const guardian = startGuardian()
    const broker = await startBroker({ cache: machineCache(), folder: join(folder, 'broker'), plaintext: true })
    const held = { broker }
    const heroku = await startEmulator(folder, guardian, followed(held))
    heroku.knobs.rateLimit.enabled = false // an hour's 4,500 calls are not what is tried here
    const postgres = await HeldPostgres.start({ folder: join(folder, 'postgres'), port: await freePort() })
    return new ControlStage({ folder, guardian, held, heroku, postgres, port: await freePort() })
  }

  get broker(): Broker {
    return this.#held.broker
  }

  /** `kill -9`; it starts again in the same folder and on the same ports. */
  async killBrokerFor(awayMs: number): Promise<void> {
    const { pid, ports, exited } = this.broker
    process.kill(pid, 'SIGKILL')
    await exited
    await this.broker.close()
    await delay(awayMs)
    this.#held.broker = await startBroker({ cache: machineCache(), folder: join(this.folder, 'broker'), ports })
  }

  keep(): void {
    this.#keep = true
  }

  readonly #killAll = (): void => {
    for (const child of [...this.clocks, this.web]) child.killNow()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.clocks, this.web].map((child) => child.stop()))
    process.off('exit', this.#killAll)
    await this.heroku.close()
    await this.broker.close()
    await this.postgres.stop()
    await this.#guardian.close()
    if (!this.#keep) await rm(this.folder, { recursive: true, force: true })
  }
}

/** Whatever broker runs at the moment: the emulator outlives it. */
function followed(held: { readonly broker: Broker }): LocalCluster {
  return {
    get addresses() {
      return held.broker.addresses
    },
    issueCredentials: (prefix) => held.broker.issueCredentials(prefix),
    revokeCredentials: (credentials) => held.broker.revokeCredentials(credentials),
    topics: () => held.broker.topics(),
    createTopic: (topic) => held.broker.createTopic(topic),
    configureTopic: (name, config) => held.broker.configureTopic(name, config),
    deleteTopic: (name) => held.broker.deleteTopic(name),
    grantGroup: (group) => held.broker.grantGroup(group),
    revokeGroup: (group) => held.broker.revokeGroup(group),
  }
}

const pace = {
  graceMs: 10_000,
  bootMs: 60_000,
  coolOff: { firstMs: 5_000, ceilingMs: 60_000 },
  forgivenAfterMs: 600_000,
  memoryEveryMs: 60_000,
}

/** Dynos are real processes that do nothing: what is tried is who keeps them, not what they do. */
async function startEmulator(folder: string, guardian: Guardian, cluster: LocalCluster): Promise<Heroku> {
  const path = (process.env['PATH'] ?? '').split(':')
  await mkdir(join(folder, 'dynos'))
  const launcher = createProcessLauncher({ guardian, clock: systemClock, folder: join(folder, 'dynos'), path })
  const around = {
    launcher,
    clock: systemClock,
    chance: Math.random,
    pace,
    memoryQuotaBytes: () => null,
    freePort,
    portIsOpen,
  }
  return startHeroku({
    cluster,
    dynos: () => createDynos(around),
    buildSlug: async ({ into }) => {
      await writeFile(join(into, 'Procfile'), 'worker: sleep 100000\n')
      return { processTypes: { worker: 'sleep 100000' } }
    },
    clock: systemClock,
    chance: Math.random,
    apiKey: 'the-key-of-the-soak',
  })
}
