import type { LocalCluster } from './cluster.ts'

/**
 * A cluster that is still starting. Whoever asks it for something waits until
 * it is there, so the emulator can answer from the first moment.
 */
export function awaitedCluster(starting: Promise<LocalCluster>): LocalCluster {
  let started: LocalCluster | null = null
  // A start that fails is reported by the one who awaits it, and by every call below.
  starting.then(
    (cluster) => (started = cluster),
    () => undefined,
  )
  const later = async <T>(ask: (cluster: LocalCluster) => Promise<T>): Promise<T> => ask(await starting)
  return {
    get addresses() {
      if (started === null) throw new Error('the Kafka broker has no addresses before it has started')
      return started.addresses
    },
    issueCredentials: (prefix) => later((cluster) => cluster.issueCredentials(prefix)),
    revokeCredentials: (credentials) => later((cluster) => cluster.revokeCredentials(credentials)),
    topics: () => later((cluster) => cluster.topics()),
    createTopic: (topic) => later((cluster) => cluster.createTopic(topic)),
    configureTopic: (name, config) => later((cluster) => cluster.configureTopic(name, config)),
    deleteTopic: (name) => later((cluster) => cluster.deleteTopic(name)),
    grantGroup: (group) => later((cluster) => cluster.grantGroup(group)),
    revokeGroup: (group) => later((cluster) => cluster.revokeGroup(group)),
  }
}
