import { AppsClient, type HerokuApps } from './apps.ts'
import { DynosClient, type HerokuDynos } from './dynos.ts'
import { HttpClient, type CallGate, type SentCall } from './http-client.ts'
import type { KafkaData } from './kafka-data.ts'
import { KafkaDataClient } from './kafka-data-client.ts'
import type { HerokuPlatform } from './platform.ts'
import { PlatformClient } from './platform-client.ts'
import type { HerokuSettings } from './settings.ts'
import { WebhooksClient, type HerokuWebhooks } from './webhooks.ts'

export interface Heroku {
  readonly platform: HerokuPlatform
  readonly kafkaData: KafkaData
  /** Left out by a Heroku that tells nobody of changes. */
  readonly webhooks?: HerokuWebhooks
  /** Dynos as a person looks at them, and their log. */
  readonly dynos?: HerokuDynos
  /** Apps as such: the login, and how one is brought to life. */
  readonly apps?: HerokuApps
  /** Calls left to the account, as last said. */
  readonly remaining: () => number | undefined
  readonly close: () => void
}

export interface HerokuManners {
  readonly timeoutMs?: number
  /** Only the Platform API counts its calls; both are called by a leader only. */
  readonly platformGate?: CallGate
  readonly dataGate?: CallGate
  /** Told of each request that left. */
  readonly onSent?: (sent: SentCall) => void
  /** PEM of an authority to trust beside those that Node trusts (and NODE_EXTRA_CA_CERTS names). */
  readonly authority?: string
}

export function openHeroku({ key, apiUrl, dataUrl }: HerokuSettings, manners: HerokuManners = {}): Required<Heroku> {
  const { timeoutMs, authority, platformGate, dataGate, onSent } = manners
  const common = {
    key,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(authority === undefined ? {} : { authority }),
    ...(onSent && { onSent }),
  }
  const platform = new HttpClient({ baseUrl: apiUrl, ...common, ...(platformGate && { gate: platformGate }) })
  const data = new HttpClient({ baseUrl: dataUrl, ...common, ...(dataGate && { gate: dataGate }) })
  return {
    platform: new PlatformClient(platform),
    kafkaData: new KafkaDataClient(data),
    webhooks: new WebhooksClient(platform),
    dynos: new DynosClient(platform),
    apps: new AppsClient(platform),
    remaining: () => platform.remaining,
    close: () => {
      platform.close()
      data.close()
    },
  }
}
