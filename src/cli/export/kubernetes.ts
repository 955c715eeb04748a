import { streamsConfigVars } from '../../controller/desired/config-vars.ts'
import type { ExportedApp, ExportedTopic } from './exported-app.ts'

export interface KubernetesTarget {
  /** Strimzi's name of the Kafka cluster. */
  readonly cluster: string
  /** `host:port` of its brokers. */
  readonly bootstrap: string
  readonly image: string
  readonly namespace: string
}

/** Records that one more worker is worth, as KEDA scales by lag. */
const lagThreshold = '1000'

/**
 * The StreamApp for a Kubernetes cluster: Strimzi's KafkaTopics (kafka.strimzi.io/v1,
 * Strimzi 0.49 or newer), a Deployment of the workers and, unless their number is fixed,
 * KEDA's ScaledObject with the cap by tasks. Topics carry no prefix there.
 */
export function kubernetesObjects(exported: ExportedApp, target: KubernetesTarget): readonly object[] {
  const { app, dynos, topics } = exported
  const isFixed = app.spec.scaling.policy === 'fixed' || dynos === 0
  return [
    ...topics.map((topic) => kafkaTopic(topic, target)),
    deployment(exported, target),
    ...(isFixed ? [] : [scaledObject(exported, target)]),
  ]
}

function kafkaTopic({ name, partitions, cleanupPolicy, retentionMs }: ExportedTopic, target: KubernetesTarget): object {
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaTopic',
    metadata: {
      name: resourceName(name),
      namespace: target.namespace,
      labels: { 'strimzi.io/cluster': target.cluster },
    },
    spec: {
      topicName: name,
      partitions,
      replicas: 3,
      config: {
        'cleanup.policy': cleanupPolicy,
        ...(retentionMs === undefined || cleanupPolicy === 'compact' ? {} : { 'retention.ms': retentionMs }),
      },
    },
  }
}

function deployment({ app, dynos }: ExportedApp, { image, bootstrap, namespace }: KubernetesTarget): object {
  const { applicationName, streams, process } = app.spec
  const labels = { 'app.kubernetes.io/name': app.metadata.name }
  const env = { ...streamsConfigVars(applicationName, streams), KAFKA_URL: `kafka://${bootstrap}` }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app.metadata.name, namespace, labels },
    spec: {
      replicas: dynos,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: process.type.toLowerCase().replaceAll('_', '-'),
              image,
              // Where a Cloud Native Buildpack puts the processes of a Procfile.
              command: [`/cnb/process/${process.type}`],
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
  }
}

function scaledObject({ app, sources, cap }: ExportedApp, { bootstrap, namespace }: KubernetesTarget): object {
  const { min, max } = app.spec.scaling
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: app.metadata.name, namespace },
    spec: {
      scaleTargetRef: { name: app.metadata.name },
      minReplicaCount: min,
      maxReplicaCount: Math.max(min, Math.min(max ?? cap, cap)),
      triggers: sources.map((topic) => ({
        type: 'kafka',
        metadata: { bootstrapServers: bootstrap, consumerGroup: app.spec.applicationName, topic, lagThreshold },
      })),
    },
  }
}

/** Kubernetes' names are lower case, with dashes and dots; `topicName` keeps the real one. */
function resourceName(topic: string): string {
  return topic.toLowerCase().replaceAll('_', '-')
}
