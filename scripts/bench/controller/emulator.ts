import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../../src/host/system-clock.ts'
import { startHeroku } from '../../../src/local/heroku/heroku.ts'
import type { Heroku } from '../../../src/local/heroku/options.ts'
import { herokuKafkaPlans } from '../../../src/local/heroku/plans.ts'
import { chanceFrom } from '../../../src/verify/chance.ts'
import { addKafka, ask, deploy } from '../../../test/support/deploy.ts'
import { FakeCluster } from '../../../test/support/fake-cluster.ts'
import { FakeDynos } from '../../../test/support/fake-dynos.ts'

/**
 * The Heroku emulator in this process, over real sockets. Dynos and the Kafka behind it are those of the tests, in memory:
 * a thousand apps would be some two thousand processes, and the broker's own work is not what is measured.
 */
export function startEmulator(): Promise<Heroku> {
  return startHeroku({
    cluster: new FakeCluster(),
    dynos: () => new FakeDynos(),
    buildSlug: async ({ into }) => {
      await writeFile(join(into, 'Procfile'), 'worker: run\n')
      return { processTypes: { worker: 'run' } }
    },
    clock: systemClock,
    chance: chanceFrom(1),
    apiKey: 'the-key-of-the-bench',
    maxApps: 10_000,
    plans: herokuKafkaPlans.map((plan) => ({
      ...plan,
      // Fifty StreamApps on one cluster are more than a basic plan of Heroku's has room for.
      topics: { max: null },
      partitions: { ...plan.partitions, maxTotal: 100_000 },
      ...(plan.consumerGroups !== null && { consumerGroups: { max: 10_000 } }),
    })),
  })
}

/** Deploys `names`, fifty to a cluster: the first of them has it, and the others are attached to it. */
export async function makeApps(heroku: Heroku, names: readonly string[], perCluster: number): Promise<void> {
  let addon = ''
  for (const [index, name] of names.entries()) {
    await deploy(heroku, name, { worker: 'run' })
    if (index % perCluster === 0) addon = await addKafka(heroku, name)
    else await ask(heroku, 'POST', '/addon-attachments', { app: name, addon, name: 'KAFKA' })
  }
}
