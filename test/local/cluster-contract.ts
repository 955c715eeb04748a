import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { LocalCluster, LocalTopic } from '../../src/local/cluster.ts'

const topic = (name: string, more: Partial<LocalTopic> = {}): Omit<LocalTopic, 'sizeBytes'> => ({
  name,
  partitions: 3,
  config: { cleanupPolicy: 'delete', retentionMs: 86_400_000 },
  ...more,
})

/** What the Heroku emulator relies on, of the broker and of the fake alike. Each test uses names of its own. */
export function localClusterContract(cluster: () => LocalCluster): void {
  const found = async (name: string): Promise<LocalTopic | undefined> =>
    (await cluster().topics()).find((candidate) => candidate.name === name)

  const configs: readonly LocalTopic['config'][] = [
    { cleanupPolicy: 'delete', retentionMs: 86_400_000 },
    { cleanupPolicy: 'delete', retentionMs: null },
    { cleanupPolicy: 'compact', retentionMs: null },
    { cleanupPolicy: 'compact,delete', retentionMs: 90_000_000 },
  ]
  for (const [index, config] of configs.entries()) {
    it(`shows a topic as it was made, with ${JSON.stringify(config)}`, async () => {
      const made = topic(`shown-${index}`, { config })
      await cluster().createTopic(made)

      assert.deepEqual(await found(made.name), { ...made, sizeBytes: 0 })
    })
  }

  it('takes every write on a topic a second time', async () => {
    const made = topic('repeated')
    const config = { cleanupPolicy: 'compact', retentionMs: null } as const

    for (let time = 0; time < 2; time += 1) await cluster().createTopic(made)
    for (let time = 0; time < 2; time += 1) await cluster().configureTopic(made.name, config)
    assert.deepEqual(await found(made.name), { ...made, config, sizeBytes: 0 })

    for (let time = 0; time < 2; time += 1) await cluster().deleteTopic(made.name)
    assert.equal(await found(made.name), undefined)
  })

  it('leaves a topic that exists as it is', async () => {
    await cluster().createTopic(topic('kept', { partitions: 2 }))
    await cluster().createTopic(topic('kept', { partitions: 5 }))

    assert.equal((await found('kept'))?.partitions, 2)
  })

  it('refuses to configure a topic that is not there', async () => {
    await assert.rejects(cluster().configureTopic('never-made', { cleanupPolicy: 'compact', retentionMs: null }))
  })

  it('issues credentials as PEM texts, each with a principal of its own', async () => {
    const issued = [await cluster().issueCredentials('yukon-1.'), await cluster().issueCredentials(null)]

    for (const { trustedCert, clientCert, clientKey } of issued) {
      assert.match(trustedCert, /^-----BEGIN CERTIFICATE-----\n[^]+-----END CERTIFICATE-----\n$/)
      assert.match(clientCert, /^-----BEGIN CERTIFICATE-----\n[^]+-----END CERTIFICATE-----\n$/)
      assert.match(clientKey, /^-----BEGIN PRIVATE KEY-----\n[^]+-----END PRIVATE KEY-----\n$/)
    }
    assert.equal(new Set(issued.map(({ principal }) => principal)).size, 2)
  })

  it('takes every write on groups and credentials a second time', async () => {
    const credentials = await cluster().issueCredentials('yukon-2.')
    for (let time = 0; time < 2; time += 1) await cluster().grantGroup('yukon-2.readers')
    for (let time = 0; time < 2; time += 1) await cluster().revokeGroup('yukon-2.readers')
    for (let time = 0; time < 2; time += 1) await cluster().revokeCredentials(credentials)
  })
}
