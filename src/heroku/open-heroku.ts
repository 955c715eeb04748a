import { HttpClient } from './http-client.ts'
import type { KafkaData } from './kafka-data.ts'
import { KafkaDataClient } from './kafka-data-client.ts'
import type { HerokuPlatform } from './platform.ts'
import { PlatformClient } from './platform-client.ts'
import type { HerokuSettings } from './settings.ts'

export interface Heroku {
  readonly platform: HerokuPlatform
  readonly kafkaData: KafkaData
  /** Calls left to the account, as last said. */
  readonly remaining: () => number | undefined
  readonly close: () => void
}

export function openHeroku({ key, apiUrl, dataUrl }: HerokuSettings, timeoutMs?: number): Heroku {
  const timeout = timeoutMs === undefined ? {} : { timeoutMs }
  const platform = new HttpClient({ baseUrl: apiUrl, key, ...timeout })
  const data = new HttpClient({ baseUrl: dataUrl, key, ...timeout })
  return {
    platform: new PlatformClient(platform),
    kafkaData: new KafkaDataClient(data),
    remaining: () => platform.remaining,
    close: () => {
      platform.close()
      data.close()
    },
  }
}
