import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { readWorkerConfig } from '../../../src/runtime/config.ts'

const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----'
const basic = {
  DYNO: 'worker.1',
  KAFKA_URL: 'kafka+ssl://one.example:9096,kafka+ssl://two.example:9096',
  KAFKA_TRUSTED_CERT: pem,
  KAFKA_CLIENT_CERT: pem,
  KAFKA_CLIENT_CERT_KEY: pem,
  KAFKA_PREFIX: 'yukon-1.',
  STREAMS_APPLICATION_ID: 'yukon-1.word-count',
}

function good(env: Record<string, string>) {
  const read = readWorkerConfig(env)
  if (!read.ok) assert.fail(read.error.join('; '))
  return read.value
}

function mistakes(env: Record<string, string>): readonly string[] {
  const read = readWorkerConfig(env)
  return read.ok ? [] : read.error
}

describe('the worker’s config vars', () => {
  it('have Kafka Streams’ names and defaults', () => {
    const { config, warnings } = good(basic)
    assert.deepEqual(warnings, [])
    assert.deepEqual(config.kafka.address.brokers, ['one.example:9096', 'two.example:9096'])
    assert.equal(config.kafka.prefix, 'yukon-1.')
    const { threads, commitIntervalMs, cacheBytes, exactlyOnce, offsetReset, sessionTimeoutMs } = config
    assert.deepEqual(
      { threads, commitIntervalMs, cacheBytes, exactlyOnce, offsetReset, sessionTimeoutMs },
      {
        threads: 1,
        commitIntervalMs: 30_000,
        cacheBytes: 10_485_760,
        exactlyOnce: false,
        offsetReset: 'earliest',
        sessionTimeoutMs: 45_000,
      },
    )
  })

  it('commit every 100 ms under exactly-once, unless they say otherwise', () => {
    const exactly = { ...basic, STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
    assert.equal(good(exactly).config.commitIntervalMs, 100)
    assert.equal(good({ ...exactly, STREAMS_COMMIT_INTERVAL_MS: '500' }).config.commitIntervalMs, 500)
  })

  it('name Java’s error handlers, with their package or without', () => {
    const { config, warnings } = good({
      ...basic,
      STREAMS_DESERIALIZATION_EXCEPTION_HANDLER: 'org.apache.kafka.streams.errors.LogAndContinueExceptionHandler',
      STREAMS_PROCESSING_EXCEPTION_HANDLER: 'LogAndContinueProcessingExceptionHandler',
      STREAMS_PRODUCTION_EXCEPTION_HANDLER: 'DefaultProductionExceptionHandler',
      STREAMS_ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME: 'dead',
      WEIR_UNCAUGHT_EXCEPTION: 'SHUTDOWN_APPLICATION',
    })
    assert.deepEqual(warnings, [])
    assert.deepEqual(config.errors, { deserialization: 'continue', processing: 'continue', deadLetterTopic: 'dead' })
    assert.equal(config.onThreadDeath, 'SHUTDOWN_APPLICATION')
    assert.equal(mistakes({ ...basic, STREAMS_PROCESSING_EXCEPTION_HANDLER: 'constructor' }).length, 1)
    assert.deepEqual(mistakes({ ...basic, STREAMS_PROCESSING_EXCEPTION_HANDLER: 'com.example.Mine' }), [
      'STREAMS_PROCESSING_EXCEPTION_HANDLER is com.example.Mine: set it to LogAndFailProcessingExceptionHandler or ' +
        'LogAndContinueProcessingExceptionHandler, or export a handler of your own from the topology' +
        "'s file: export const errors = { ... }",
    ])
  })

  it('take an attachment of another name, and ask which where there are several', () => {
    const { KAFKA_URL, KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT, KAFKA_CLIENT_CERT_KEY, KAFKA_PREFIX, ...rest } = basic
    const purple = {
      ...rest,
      HEROKU_KAFKA_PURPLE_URL: KAFKA_URL,
      HEROKU_KAFKA_PURPLE_TRUSTED_CERT: KAFKA_TRUSTED_CERT,
      HEROKU_KAFKA_PURPLE_CLIENT_CERT: KAFKA_CLIENT_CERT,
      HEROKU_KAFKA_PURPLE_CLIENT_CERT_KEY: KAFKA_CLIENT_CERT_KEY,
      HEROKU_KAFKA_PURPLE_PREFIX: KAFKA_PREFIX,
    }
    assert.equal(good(purple).config.kafka.prefix, 'yukon-1.')
    const both = { ...purple, OTHER_URL: 'kafka://localhost:9092' }
    assert.deepEqual(mistakes(both), [
      'several Kafka clusters are attached (HEROKU_KAFKA_PURPLE_URL, OTHER_URL): set WEIR_KAFKA to the name of one, without _URL',
    ])
    const chosen = good({ ...both, STREAMS_APPLICATION_ID: 'word-count', WEIR_KAFKA: 'OTHER' })
    assert.deepEqual(chosen.config.kafka, { address: { brokers: ['localhost:9092'] }, prefix: '' })
  })

  for (const { reason, env, says } of [
    {
      reason: 'the application id is missing',
      env: { STREAMS_APPLICATION_ID: '' },
      says: ['STREAMS_APPLICATION_ID is not set: set it to yukon-1.<name>, or run `weir apply`, which does'],
    },
    {
      reason: 'the prefix is missing from the application id',
      env: { STREAMS_APPLICATION_ID: 'word-count' },
      says: ["STREAMS_APPLICATION_ID is word-count and lacks the cluster's prefix: set it to yukon-1.word-count"],
    },
    {
      reason: 'the prefix is there twice',
      env: { STREAMS_APPLICATION_ID: 'yukon-1.yukon-1.word-count' },
      says: [
        "STREAMS_APPLICATION_ID is yukon-1.yukon-1.word-count and has the cluster's prefix twice: set it to yukon-1.word-count",
      ],
    },
    {
      reason: 'several things are wrong, all told at once',
      env: {
        STREAMS_NUM_STREAM_THREADS: '0',
        STREAMS_POLL_MS: 'soon',
        KAFKA_CLIENT_CERT: 'no',
        KAFKA_URL: 'kafka+ssl://host',
      },
      says: [
        'KAFKA_URL must be addresses like kafka+ssl://host:9096, with commas between them',
        'KAFKA_CLIENT_CERT must be a PEM text, since KAFKA_URL asks for TLS',
        'STREAMS_NUM_STREAM_THREADS is 0: set it to a whole number, 1 or more',
        'STREAMS_POLL_MS is soon: set it to a whole number, 0 or more',
      ],
    },
    {
      reason: 'a setting asks for what is not built',
      env: { STREAMS_GROUP_PROTOCOL: 'streams', STREAMS_TOPOLOGY_OPTIMIZATION: 'all' },
      says: [
        "STREAMS_TOPOLOGY_OPTIMIZATION is all: the topology's file says it, builder.build({ optimization: 'all' }): leave it at none",
        'STREAMS_GROUP_PROTOCOL is streams: only the classic protocol is built: leave it at classic',
      ],
    },
    {
      reason: 'a tag that nobody set is to tell dynos apart',
      env: {
        STREAMS_RACK_AWARE_ASSIGNMENT_TAGS: 'zone,region',
        STREAMS_CLIENT_TAG_ZONE: 'a',
        STREAMS_CLIENT_TAG_CLUSTER: 'x'.repeat(31),
      },
      says: [
        'STREAMS_CLIENT_TAG_CLUSTER is too long: use 20 letters for its name and 30 for its value at most',
        'STREAMS_RACK_AWARE_ASSIGNMENT_TAGS names region: set STREAMS_CLIENT_TAG_REGION, or leave it out',
      ],
    },
    {
      reason: 'exactly-once is asked of a client that cannot',
      env: { WEIR_KAFKA_CLIENT: 'kafkajs', STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' },
      says: ['WEIR_KAFKA_CLIENT is kafkajs, which has no fenced transactions: set it to wire for exactly_once_v2'],
    },
    {
      reason: 'a guarantee that Kafka Streams no longer has',
      env: { STREAMS_PROCESSING_GUARANTEE: 'exactly_once' },
      says: ['STREAMS_PROCESSING_GUARANTEE is exactly_once: set it to at_least_once or exactly_once_v2'],
    },
  ] as const)
    it(`refuse to start when ${reason}`, () => assert.deepEqual(mistakes({ ...basic, ...env }), says))

  it('say how many standbys there are, and in which tags they differ from their task', () => {
    const env = {
      ...basic,
      STREAMS_NUM_STANDBY_REPLICAS: '2',
      STREAMS_MAX_WARMUP_REPLICAS: '4',
      STREAMS_RACK_AWARE_ASSIGNMENT_TAGS: 'zone, my.cluster',
      STREAMS_CLIENT_TAG_ZONE: 'a',
      STREAMS_CLIENT_TAG_MY_CLUSTER: 'k1',
    }
    const { config, warnings } = good(env)
    assert.deepEqual([config.standbyReplicas, config.maxWarmupReplicas, config.acceptableRecoveryLag], [2, 4, 10_000])
    const unbounded = good({ ...basic, STREAMS_ACCEPTABLE_RECOVERY_LAG: '9223372036854775807' })
    assert.equal(unbounded.config.acceptableRecoveryLag, Infinity)
    assert.deepEqual(config.rackAwareTags, ['zone', 'my_cluster'])
    assert.deepEqual(
      [...config.clientTags],
      [
        ['zone', 'a'],
        ['my_cluster', 'k1'],
      ],
    )
    assert.deepEqual(warnings, [])
  })

  it('warn of a setting that has no effect, and take the harmless value of one that is not built', () => {
    const env = { ...basic, STREAMS_METRICS_NUM_SAMPLES: 'DEBUG', STREAMS_GROUP_PROTOCOL: 'classic' }
    assert.deepEqual(good(env).warnings, ['STREAMS_METRICS_NUM_SAMPLES has no effect here'])
  })

  it('serve metrics nowhere unless asked to, and on loopback unless told otherwise', () => {
    const { metricsPort, metricsHost, metricsLogSeconds, recordingLevel } = good(basic).config
    assert.deepEqual([metricsPort, metricsHost, metricsLogSeconds, recordingLevel], [undefined, '127.0.0.1', 0, 'INFO'])
    const { config } = good({ ...basic, WEIR_METRICS_PORT: '0', STREAMS_METRICS_RECORDING_LEVEL: 'TRACE' })
    assert.deepEqual([config.metricsPort, config.recordingLevel], [0, 'TRACE'])
    assert.deepEqual(mistakes({ ...basic, WEIR_METRICS_PORT: '70000', WEIR_METRICS_LOG_SECONDS: 'often' }), [
      'WEIR_METRICS_PORT is 70000: set it to a whole number from 0 to 65535',
      'WEIR_METRICS_LOG_SECONDS is often: set it to a whole number from 0 to 86400',
    ])
  })

  it('push metrics only where OpenTelemetry’s own vars say whereto', () => {
    assert.equal(good(basic).config.otlp, undefined)
    assert.equal(good(basic).config.isWatched, false)
    const all = { ...basic, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:p%40ss@otel.example/base/' }
    const { otlp, isWatched } = good({
      ...all,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%3Db, X-Team=one',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-team=two',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=named,deployment.environment=test',
    }).config
    assert.ok(otlp !== undefined && isWatched)
    assert.deepEqual(
      [otlp.url.href, otlp.everyMs, otlp.timeoutMs],
      ['https://otel.example/base/v1/metrics', 5_000, 10_000],
    )
    assert.deepEqual(
      [...otlp.headers].map(([name, value]) => [name, value.reveal()]),
      [
        ['authorization', `Basic ${btoa('user:p@ss')}`],
        ['api-key', 'a=b'],
        ['x-team', 'two'],
      ],
    )
    assert.deepEqual([otlp.isCompressed, otlp.resource.get('deployment.environment')], [true, 'test'])
    assert.ok(!/a=b|p@ss|p%40ss/.test(inspect(otlp, { depth: 9 })))
    const own = good({ ...all, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:4318/anywhere' }).config.otlp
    assert.equal(own?.url.href, 'http://127.0.0.1:4318/anywhere')
  })

  it('tell what is wrong with where metrics are pushed, and repeat no secret', () => {
    assert.deepEqual(mistakes({ ...basic, OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@otel.example' }), [
      'OTEL_EXPORTER_OTLP_ENDPOINT is no address: set it to one that begins with http:// or https://',
    ])
    const endpoint = { ...basic, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' }
    const wrong = {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'secret',
      OTEL_METRIC_EXPORT_INTERVAL: '1m',
    }
    assert.deepEqual(mistakes({ ...endpoint, ...wrong }), [
      'OTEL_EXPORTER_OTLP_PROTOCOL is grpc: only OTLP over HTTP is built: set it to http/json, and the endpoint to the port for HTTP',
      'OTEL_EXPORTER_OTLP_HEADERS has a part that is not key=value: write key=value,key=value, with %-codes for what is not plain',
      'OTEL_METRIC_EXPORT_INTERVAL is 1m: set it to a whole number of milliseconds, 1 or more',
    ])
  })

  it('never show the private key', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nhidden'
    const { config } = good({ ...basic, KAFKA_CLIENT_CERT_KEY: key })
    assert.ok(!inspect(config, { depth: 9 }).includes('hidden'))
    assert.ok(!JSON.stringify(config).includes('hidden'))
  })
})
