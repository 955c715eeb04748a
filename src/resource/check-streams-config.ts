import { error, type Finding } from './finding.ts'
import type { StreamAppSpec } from './stream-app.ts'

/** Settings that have their own place in the manifest, or that Heroku hands to the app. */
const saidElsewhere: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application.id': 'it is made of the prefix and spec.applicationName',
    'bootstrap.servers': 'the app finds it in KAFKA_URL',
    'num.stream.threads': 'write spec.streams.threads',
    'num.standby.replicas': 'write spec.streams.standbyReplicas',
    'processing.guarantee': 'write spec.streams.processingGuarantee',
  }),
)

/** `commit.interval.ms` → `STREAMS_COMMIT_INTERVAL_MS`: how a setting reaches the worker. */
function configVarOf(setting: string): string {
  return `STREAMS_${setting.toUpperCase().replaceAll(/[.-]/g, '_')}`
}

export function checkStreamsConfig({ config }: StreamAppSpec['streams']): readonly Finding[] {
  const settings = Object.keys(config)
  return settings.flatMap((setting, index) => {
    const path = `/spec/streams/config/${setting.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const finding = (message: string, hint?: string): readonly Finding[] => [
      { ...error(path, message, hint), part: 'key' },
    ]
    const elsewhere = saidElsewhere.get(setting)
    if (elsewhere !== undefined) return finding(`${setting} cannot be set here`, elsewhere)
    if (!/^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/i.test(setting)) {
      return finding(
        `${JSON.stringify(setting)} is not the name of a setting`,
        'write it as Kafka Streams does: commit.interval.ms',
      )
    }
    if (/^ssl\.|^security\.protocol$|^sasl\./.test(setting)) {
      return finding(
        `${setting} cannot be set here`,
        'the app finds its certificates in KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT and KAFKA_CLIENT_CERT_KEY',
      )
    }
    const same = settings.slice(0, index).find((other) => configVarOf(other) === configVarOf(setting))
    return same === undefined
      ? []
      : finding(`${setting} and ${same} are one config var, ${configVarOf(setting)}`, 'keep one of the two')
  })
}
