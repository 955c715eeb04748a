/** What is mutated, and which tests are to notice. */
export interface MutatedRoom {
  readonly tests: readonly string[]
  /** Asked about what the others did not notice: tests that take seconds. */
  readonly slowTests?: readonly string[]
}

const server = ['test/server/*.test.ts', 'test/server/admit/*.test.ts']
const genuine = ['test/server/oracle/replay-server.test.ts']
const keep = ['test/controller/keep/*.test.ts', 'test/controller/deletion.test.ts']

/** By their folders under `src`. */
export const mutatedRooms: Readonly<Record<string, MutatedRoom>> = {
  'server/patch': { tests: ['test/server/patch/*.test.ts'], slowTests: server },
  'server/select': { tests: ['test/server/select/*.test.ts'], slowTests: server },
  'server/objects': { tests: ['test/server/objects/*.test.ts', ...server], slowTests: genuine },
  'server/access': { tests: ['test/server/access/*.test.ts'], slowTests: server },
  'server/admit': { tests: ['test/server/admit/*.test.ts', 'test/server/*.test.ts'], slowTests: genuine },
  'server/watch': { tests: ['test/server/watch/*.test.ts'], slowTests: server },
  record: { tests: ['test/record/*.test.ts', 'test/server/cache/*.test.ts'], slowTests: server },
  'record/managed-fields': {
    tests: ['test/record/managed-fields/*.test.ts'],
    slowTests: ['test/server/oracle/replay.test.ts'],
  },
  'controller/plan': {
    tests: ['test/controller/plan/*.test.ts', 'test/controller/deletion.test.ts', 'test/controller/reconcile.test.ts'],
  },
  'controller/status': { tests: ['test/controller/status/*.test.ts'], slowTests: keep },
  'controller/queue': { tests: ['test/controller/queue/*.test.ts'] },
  'controller/lead': { tests: ['test/controller/lead/*.test.ts'] },
  'controller/budget': { tests: ['test/controller/budget/*.test.ts'], slowTests: keep },
  'controller/keep': { tests: keep },
  'controller/git-source': { tests: ['test/controller/git-source/*.test.ts'] },
}
