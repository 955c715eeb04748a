import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { startServer } from '../../../src/server/start-server.ts'
import type { Collection } from './served-object.ts'

export const streamApps = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps'

const token = 'token-of-a-test'

export interface OurServer {
  /** Its StreamApps. */
  readonly apps: Collection
  readonly close: () => Promise<void>
}

/** Our API over a record in memory, spoken to as the genuine one is: over plain HTTP. */
export async function startOurServer(): Promise<OurServer> {
  const user = { name: 'tester', groups: [], grants: [{ role: 'admin', namespace: '*' } as const] }
  const server = await startServer({
    record: new MemoryRecord(systemClock),
    tls: undefined,
    tokens: [{ token: new Secret(token), user }],
    clock: systemClock,
    port: 0,
  })
  const headers = { authorization: `Bearer ${token}` }
  return { apps: { url: `${server.url}${streamApps}`, kind: 'StreamApp', headers }, close: () => server.close() }
}
