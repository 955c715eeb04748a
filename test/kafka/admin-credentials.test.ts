import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readClusterAddress } from '../../src/kafka/credentials.ts'

const pem = '-----BEGIN CERTIFICATE-----\n…'
const vars = { KAFKA_TRUSTED_CERT: pem, KAFKA_CLIENT_CERT: pem, KAFKA_CLIENT_CERT_KEY: pem }

describe('a cluster address from config vars', () => {
  it('takes every broker of the list, and the certificates', () => {
    const read = readClusterAddress(
      { ...vars, KAFKA_URL: 'kafka+ssl://a.example:9096,kafka+ssl://b.example:9096' },
      'KAFKA',
    )

    if (!read.ok) assert.fail(read.error.join())
    assert.deepEqual(read.value.brokers, ['a.example:9096', 'b.example:9096'])
    assert.equal(read.value.tls?.key.reveal(), pem)
    assert.doesNotMatch(JSON.stringify(read.value), /"key":"-----/)
  })

  it('needs no certificates for plaintext', () => {
    const read = readClusterAddress({ BLUE_URL: 'kafka://127.0.0.1:9092' }, 'BLUE')

    assert.deepEqual(read, { ok: true, value: { brokers: ['127.0.0.1:9092'] } })
  })

  it('names every mistake at once', () => {
    const read = readClusterAddress({ KAFKA_URL: 'kafka+ssl://a:1,b:2', KAFKA_CLIENT_CERT: pem }, 'KAFKA')

    assert.deepEqual(read.ok ? [] : read.error, [
      'KAFKA_URL must be a comma-separated list of kafka+ssl://host:port',
      'KAFKA_TRUSTED_CERT must hold PEM text, beginning with -----BEGIN',
      'KAFKA_CLIENT_CERT_KEY must hold PEM text, beginning with -----BEGIN',
    ])
  })

  it('says which config var is missing', () => {
    const read = readClusterAddress({}, 'KAFKA')

    assert.deepEqual(read.ok ? [] : read.error, ['KAFKA_URL is not set: attach a Kafka add-on as KAFKA'])
  })
})
