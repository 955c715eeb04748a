import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Change } from '../../../src/controller/plan/change.ts'
import { changeLine } from '../../../src/controller/plan/describe-change.ts'
import { planJson } from '../../../src/controller/plan/plan-json.ts'
import { nothingAwaited } from '../../../src/controller/plan/plan.ts'

const day = 86_400_000
const topic = { kind: 'configure-topic', role: 'user', name: 'lines' } as const
const compact = { cleanupPolicy: 'compact', retentionMs: null } as const
const keeps = (days: number | null) =>
  ({ cleanupPolicy: 'delete', retentionMs: days === null ? null : days * day }) as const

describe('a change in words', () => {
  const vars = (
    ...list: readonly (readonly [name: string, before: string | null, after: string | null])[]
  ): Change => ({
    kind: 'set-config-vars',
    app: 'a',
    vars: list.map(([name, before, after]) => ({ name, before, after })),
  })
  const scale = (quantity: number, size: string): Change => ({
    kind: 'scale',
    app: 'a',
    type: 'worker',
    before: { quantity: 1, size: 'basic' },
    after: { quantity, size },
  })
  const table: readonly (readonly [change: Change, line: string])[] = [
    [
      { kind: 'create-topic', role: 'changelog', name: 'c', after: { ...compact, partitions: 3 } },
      '+ changelog topic c: 3 partitions, compact',
    ],
    [
      { kind: 'create-topic', role: 'user', name: 'u', after: { ...keeps(null), partitions: 1 } },
      '+ topic u: 1 partitions, delete, keeps for ever',
    ],
    [{ ...topic, before: keeps(2), after: keeps(1) }, '~ topic lines: keeps 2d → 1d'],
    [{ ...topic, before: keeps(2), after: compact }, '~ topic lines: delete → compact'],
    [{ ...topic, before: compact, after: keeps(1) }, '~ topic lines: compact → delete, keeps for ever → 1d'],
    [{ ...topic, before: { ...keeps(1), cleanupPolicy: 'other' }, after: keeps(1) }, '~ topic lines: other → delete'],
    [vars(['A', '1', '2'], ['B', '1', null]), '~ config vars of a: A 1 → 2, B 1 → (not set)'],
    [vars(['A', '1', null], ['B', '1', null]), '- config vars of a: A 1 → (not set), B 1 → (not set)'],
    [vars(['STREAMS_SASL_JAAS_CONFIG', null, 'x']), '~ config vars of a: STREAMS_SASL_JAAS_CONFIG (not set) → •••'],
    [scale(2, 'basic'), '~ dynos worker of a: 1 → 2'],
    [scale(1, 'eco'), '~ dynos worker of a: basic → eco'],
    [{ kind: 'delete-topic', role: 'repartition', name: 'r' }, '- repartition topic r: with all its records'],
    [{ kind: 'delete-group', name: 'g' }, '- group g: with its offsets'],
  ]
  for (const [change, line] of table) it(line, () => assert.equal(changeLine(change), line))

  it('shows as data no value that is a credential’s, and all others as they are', () => {
    const changes = [vars(['A', '1', '2'], ['STREAMS_SSL_KEY_PASSWORD', 'old', 'new'], ['B_TOKEN', null, 'x'])]
    const plan = { changes, awaited: nothingAwaited, refusals: [], warnings: [] }
    const [shown] = JSON.parse(JSON.stringify(planJson(plan))).changes
    assert.deepEqual(shown, {
      kind: 'set-config-vars',
      app: 'a',
      class: 'restart',
      vars: [
        { name: 'A', before: '1', after: '2' },
        { name: 'STREAMS_SSL_KEY_PASSWORD', before: '•••', after: '•••' },
        { name: 'B_TOKEN', before: null, after: '•••' },
      ],
    })
  })
})
