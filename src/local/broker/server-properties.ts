import { mappingRules, owner } from './principals.ts'

export interface BrokerPorts {
  readonly dedicated: number
  readonly basic: number
  readonly controller: number
  /** A way in without TLS, where somebody asked for one. */
  readonly plaintext?: number | undefined
}

export interface ServerFiles {
  readonly data: string
  /** Server key, certificate and authority in one PEM file. */
  readonly keyStore: string
  readonly trustStore: string
}

export const nodeId = 1

/**
 * The broker's configuration: broker and controller in one process, mutual TLS
 * on every port (but that of `plaintext`), and sizes for one machine that runs a demo. Kafka's defaults are for
 * servers: the log cleaner alone would set 128 MB of heap aside.
 */
export function serverProperties(ports: BrokerPorts, files: ServerFiles): string {
  const at = (name: keyof BrokerPorts): string => `${name.toUpperCase()}://127.0.0.1:${ports[name]}`
  const open = ports.plaintext === undefined ? [] : [at('plaintext')]
  return printProperties({
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': `${nodeId}@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [at('dedicated'), at('basic'), at('controller'), ...open].join(','),
    'advertised.listeners': [at('dedicated'), at('basic'), ...open].join(','),
    'listener.security.protocol.map': 'DEDICATED:SSL,BASIC:SSL,CONTROLLER:SSL,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'DEDICATED',
    'log.dirs': files.data,
    ...security(files),
    // Kafka's name for who shows no certificate.
    ...(open.length > 0 && { 'super.users': `User:${owner};User:ANONYMOUS` }),
    ...singleNode,
    ...small,
  })
}

const security = (files: ServerFiles): Readonly<Record<string, string>> => ({
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': files.keyStore,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': files.trustStore,
  'ssl.client.auth': 'required',
  'listener.name.dedicated.ssl.client.auth': 'required',
  'listener.name.basic.ssl.client.auth': 'required',
  'listener.name.controller.ssl.client.auth': 'required',
  'ssl.principal.mapping.rules': mappingRules.owner,
  'listener.name.controller.ssl.principal.mapping.rules': mappingRules.owner,
  'listener.name.dedicated.ssl.principal.mapping.rules': mappingRules.dedicated,
  'listener.name.basic.ssl.principal.mapping.rules': mappingRules.basic,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': `User:${owner}`,
  'allow.everyone.if.no.acl.found': 'false',
  'auto.create.topics.enable': 'false',
})

/** One node: one replica of everything, and no waiting for members that might still come. */
const singleNode: Readonly<Record<string, string>> = {
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.streams.initial.rebalance.delay.ms': '0',
  'default.replication.factor': '1',
}

const small: Readonly<Record<string, string>> = {
  'num.network.threads': '1',
  'num.io.threads': '2',
  'background.threads': '2',
  'num.recovery.threads.per.data.dir': '1',
  'group.coordinator.threads': '1',
  'share.coordinator.threads': '1',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'log.cleaner.io.buffer.size': '65536',
  'offsets.load.buffer.size': '65536',
}

/** Java's properties format: a backslash is doubled, nothing else here needs care. */
export function printProperties(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('')
}
