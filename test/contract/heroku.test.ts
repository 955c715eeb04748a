import { describe } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Secret } from '../../src/base/secret.ts'
import { openHeroku } from '../../src/heroku/open-heroku.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FakeHeroku } from '../../src/verify/fake-heroku.ts'
import { startEmulator } from '../support/heroku-emulator.ts'
import { herokuContract } from './heroku-contract.ts'

describe('the fake Heroku of the engine’s tests', () => {
  herokuContract((_t, plan) => {
    const clock = new FakeClock()
    const heroku = new FakeHeroku(clock)
    const size = 'Standard-1X'
    heroku.addApp('example-app', { formation: ['web', 'worker'].map((type) => ({ type, quantity: 0, size })) })
    heroku.addCluster('example-app', plan)
    const { platform, kafkaData } = heroku
    const wait = (): Promise<void> => Promise.resolve(clock.turn(100))
    return Promise.resolve({ platform, kafkaData, addonId: 'example-app-kafka-id', wait })
  })
})

describe('the emulator behind our client, over real sockets', () => {
  herokuContract(async (t, plan) => {
    const delays = { topicListedMs: 5, topicReadyMs: 15, topicDeleteMs: 10, groupReadyMs: 10 }
    const { heroku, deployed, kafka } = await startEmulator(t, {
      delays: { addonProvisionMs: 0, webhookRetryMs: [], ...delays },
    })
    await deployed('example-app', { web: 'run', worker: 'run' })
    const addonId = await kafka('example-app', `heroku-kafka:${plan}`)
    const settings = {
      key: new Secret(heroku.apiKey),
      apiUrl: heroku.apiUrl,
      dataUrl: `https://${heroku.dataHost}`,
      kafkaService: 'heroku-kafka',
    }
    const client = openHeroku(settings, { authority: heroku.caPem })
    t.after(() => client.close())
    const { platform, kafkaData } = client
    return { platform, kafkaData, addonId, wait: () => delay(5) }
  })
})
