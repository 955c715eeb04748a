import type { Observed } from '../../src/controller/observe/observed.ts'

/** A deployed app on a basic cluster that holds nothing yet; a test names what it is about. */
export function observed(over: Partial<Observed> = {}): Observed {
  return {
    app: 'my-heroku-app',
    formation: [{ type: 'worker', quantity: 0, size: 'Standard-1X' }],
    configVars: { KAFKA_URL: 'kafka+ssl://127.0.0.1:9096', KAFKA_PREFIX: 'wisla-12345.' },
    attachment: {
      name: 'KAFKA',
      addon: { id: 'an-id', name: 'kafka-curved-12345' },
      plan: 'heroku-kafka:basic-0',
      configVars: ['KAFKA_URL', 'KAFKA_PREFIX'],
    },
    shared: true,
    prefix: 'wisla-12345.',
    topics: new Map(),
    groups: new Set(),
    cluster: null,
    release: null,
    ...over,
  }
}
