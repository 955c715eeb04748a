import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitCodes, type ExitCode } from '../../src/cli/exit-code.ts'
import type { Fault, FaultRule } from '../../src/local/heroku/http/knobs.ts'
import { weir, type CliRun } from '../support/cli.ts'
import { direct, type Direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

const app = 'my-heroku-app'

/** The fault, for calls of this method whose path ends so. */
function on(method: string, path: RegExp, fault: Fault): FaultRule {
  return (request) => (request.method === method && path.test(request.path) ? fault : null)
}

function writes({ emulator }: Direct): number {
  return emulator.heroku.knobs.requests.filter(({ method }) => method !== 'GET').length
}

interface Case {
  readonly title: string
  readonly code: ExitCode
  readonly says: RegExp
  /** Brings the world into the state; answers how `weir apply` ended in it. */
  readonly run: (there: Direct) => Promise<CliRun>
  /** Undoes it, so that the next apply can go on. Left out: nothing has to be undone. */
  readonly mend?: (there: Direct) => Promise<unknown>
}

const faulty = (rule: FaultRule): Pick<Case, 'run' | 'mend'> => ({
  run: (there) => {
    there.emulator.heroku.knobs.fault = rule
    return there.run('apply', goodManifest)
  },
  mend: (there) => {
    there.emulator.heroku.knobs.fault = () => null
    return Promise.resolve()
  },
})

const withEnv = (change: Readonly<Record<string, string>>, words: readonly string[] = []): Pick<Case, 'run'> => ({
  run: ({ env }) =>
    weir(['apply', '-f', '-', '--direct', ...words], { env: { ...env, ...change }, input: goodManifest }),
})

const body = (message: string): { readonly message: string } => ({ message })

const table: readonly Case[] = [
  {
    title: 'a manifest with mistakes',
    code: exitCodes.invalid,
    says: /-:\d+:\d+.*partitons[\s\S]*did you mean/,
    run: ({ run }) => run('apply', goodManifest.replace('partitions: 6', 'partitons: 6')),
  },
  {
    title: 'no key',
    code: exitCodes.unreachable,
    says: /HEROKU_API_KEY is not set/,
    ...withEnv({ HEROKU_API_KEY: '' }),
  },
  {
    title: '401, a key that Heroku does not accept',
    code: exitCodes.unreachable,
    says: /HEROKU_API_KEY \(401\).*heroku auth:token/,
    ...withEnv({ HEROKU_API_KEY: 'another-key' }),
  },
  {
    title: '403, a key that may not do it',
    code: exitCodes.unreachable,
    says: /forbids PATCH .*config-vars.*heroku access/,
    ...faulty(on('PATCH', /config-vars$/, { kind: 'status', status: 403, body: body('You do not have access.') })),
  },
  {
    title: '404, an app that is not there',
    code: exitCodes.invalid,
    says: /no app absent-app .*heroku apps/,
    run: ({ run }) => run('apply', goodManifest.replace('app: my-heroku-app', 'app: absent-app')),
  },
  {
    title: '409, something under way',
    code: exitCodes.conflict,
    says: /conflicts with something under way: a release is running/,
    ...faulty(on('PATCH', /formation$/, { kind: 'status', status: 409, body: body('a release is running') })),
  },
  {
    title: '422, a change that Heroku does not accept',
    code: exitCodes.invalid,
    says: /does not accept PATCH .*formation: no such size/,
    ...faulty(on('PATCH', /formation$/, { kind: 'status', status: 422, body: body('no such size') })),
  },
  {
    title: '429, an account without calls left',
    code: exitCodes.unreachable,
    says: /used up its calls.*60 s/,
    ...faulty(
      on('POST', /topics$/, { kind: 'status', status: 429, body: body('Your account reached the API rate limit') }),
    ),
  },
  {
    title: '503, Heroku out of order',
    code: exitCodes.unreachable,
    says: /out of order \(503 .*status\.heroku\.com/,
    ...faulty(on('POST', /consumer_groups$/, { kind: 'status', status: 503, body: body('maintenance') })),
  },
  {
    title: 'a connection that breaks',
    code: exitCodes.unreachable,
    says: /cannot reach 127\.0\.0\.1:\d+/,
    ...faulty(on('PATCH', /config-vars$/, { kind: 'drop' })),
  },
  {
    title: 'an answer that nobody understands',
    code: exitCodes.unreachable,
    says: /in a shape that weir does not understand: answer should be a list/,
    ...faulty(on('GET', /formation$/, { kind: 'status', status: 200, body: body('hello') })),
  },
  {
    title: 'a Heroku that is not there',
    code: exitCodes.unreachable,
    says: /cannot reach 127\.0\.0\.1:1: .*ECONNREFUSED.*HEROKU_HOST/,
    ...withEnv({ HEROKU_HOST: 'http://127.0.0.1:1' }),
  },
  {
    title: 'a certificate that is not trusted',
    code: exitCodes.unreachable,
    says: /NODE_EXTRA_CA_CERTS/,
    run: async ({ run, distrust }) => {
      const trust = distrust()
      const ended = await run('apply', goodManifest)
      trust()
      return ended
    },
  },
  {
    title: 'a host that is not Heroku’s',
    code: exitCodes.unreachable,
    says: /HEROKU_HOST=https:\/\/heroku\.example is neither/,
    ...withEnv({ HEROKU_HOST: 'https://heroku.example' }),
  },
  {
    title: 'an add-on that is not there',
    code: exitCodes.invalid,
    says: /no Kafka add-on OTHER: say one of KAFKA/,
    run: ({ run }) =>
      run('apply', goodManifest.replace('app: my-heroku-app', 'app: my-heroku-app\n  kafka: { addon: OTHER }')),
  },
  {
    title: 'a process type that is not there',
    code: exitCodes.invalid,
    says: /no process type counter: it has worker\. Add the line "counter: COMMAND" to its Procfile/,
    run: ({ run }) =>
      run('apply', goodManifest.replace('app: my-heroku-app', 'app: my-heroku-app\n  process: { type: counter }')),
  },
  {
    title: 'an app without a release',
    code: exitCodes.conflict,
    says: /app bare-app has no code yet.*git push heroku main/,
    run: async ({ run, emulator }) => {
      await emulator.call('POST', '/apps', { body: { name: 'bare-app' } })
      await emulator.kafka('bare-app')
      return run('apply', goodManifest.replace('app: my-heroku-app', 'app: bare-app'))
    },
  },
  {
    title: 'a topic with other partitions',
    code: exitCodes.conflict,
    says: /topic lines has 3 partitions and 6 are asked for.*say partitions: 3/,
    run: async ({ run, emulator, addonId }) => {
      await emulator.data('POST', `${addonId}/topics`, {
        topic: { name: 'lines', partition_count: 3, retention_time_ms: 86_400_000 },
      })
      await emulator.heroku.knobs.settled()
      return run('apply', goodManifest)
    },
    mend: async ({ emulator, addonId }) => {
      await emulator.data('DELETE', `${addonId}/topics/lines`)
      await emulator.heroku.knobs.settled()
    },
  },
  {
    title: 'more partitions than the plan has',
    code: exitCodes.invalid,
    says: /partitions are needed and 240 are left of the plan's 240/,
    run: ({ run }) => {
      const many = Array.from({ length: 6 }, (_, index) => `    - { name: many-${index}, partitions: 48 }\n`).join('')
      return run('apply', `${goodManifest}${many}`)
    },
  },
  {
    title: 'a retention that the plan does not have',
    code: exitCodes.invalid,
    says: /topic lines would keep 30d; the plan keeps 7d at most/,
    run: ({ run }) => run('apply', goodManifest.replace('retention: 24h', 'retention: 30d')),
  },
  {
    title: 'scaling by lag',
    code: exitCodes.invalid,
    says: /lag/,
    run: ({ run }) => run('apply', `${goodManifest}  scaling: { policy: lag }\n`),
  },
  {
    title: 'neither --direct nor a control plane',
    code: exitCodes.unreachable,
    says: /no control plane is named. Set WEIR_KUBECONFIG .* or add --direct/,
    run: ({ env }) => weir(['apply', '-f', '-'], { env, input: goodManifest }),
  },
]

describe('weir apply --direct refuses', () => {
  for (const { title, code, says, run, mend } of table) {
    it(`${title}: one message with what to do, exit ${code}, and the next apply finishes`, async (t) => {
      const there = await direct(t)

      const refused = await run(there)

      assert.match(refused.stderr, says)
      assert.equal(refused.code, code, refused.stderr)
      assert.ok(!refused.stderr.includes('secret-key') && !refused.stdout.includes('secret-key'))
      await mend?.(there)
      const next = await there.run('apply', goodManifest, '--wait')
      assert.equal(next.code, exitCodes.ok, next.stderr)
      there.emulator.heroku.knobs.requests.length = 0
      assert.equal((await there.run('apply', goodManifest)).code, exitCodes.ok)
      assert.equal(writes(there), 0)
    })
  }

  it(`says ${exitCodes.timedOut} when a topic does not come in time, and goes on from there`, async (t) => {
    const there = await direct(t, {
      delays: {
        topicListedMs: 10,
        topicReadyMs: 400,
        topicDeleteMs: 0,
        groupReadyMs: 0,
        addonProvisionMs: 0,
        webhookRetryMs: [],
      },
    })

    const early = await there.run('apply', goodManifest, '--timeout', '150ms')

    assert.match(early.stderr, /still waiting for topic .* the same command goes on from here/)
    assert.equal(early.code, exitCodes.timedOut)
    assert.ok(
      there.emulator.heroku.knobs.requests.every(({ method, host }) => method === 'GET' || host === 'data'),
      app,
    )
    const next = await there.run('apply', goodManifest, '--wait')
    assert.equal(next.code, exitCodes.ok, next.stderr)
  })
})
