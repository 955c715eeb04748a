import { Secret } from '../../src/base/secret.ts'
import type { Sight } from '../../src/controller/observe/observe.ts'
import type { HerokuWays } from '../../src/controller/keep/heroku-way.ts'
import type { HerokuDynos } from '../../src/heroku/dynos.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { startServer } from '../../src/server/start-server.ts'

export interface PlainApiServer {
  readonly url: string
  /** Those of its admin. */
  readonly headers: { readonly authorization: string }
  readonly close: () => Promise<void>
}

/** The API over a record in memory, by plain HTTP: for what shall speak to another API server in the same way, or knows no TLS. */
export async function startPlainApi(
  dynos?: HerokuWays<HerokuDynos>,
  sights?: HerokuWays<Sight>,
): Promise<PlainApiServer> {
  const token = 'token-of-a-test'
  const user = { name: 'tester', groups: [], grants: [{ role: 'admin', namespace: '*' } as const] }
  const { url, close } = await startServer({
    record: new MemoryRecord(systemClock),
    tls: undefined,
    tokens: [{ token: new Secret(token), user }],
    clock: systemClock,
    port: 0,
    dynos,
    sights,
  })
  return { url, headers: { authorization: `Bearer ${token}` }, close }
}
